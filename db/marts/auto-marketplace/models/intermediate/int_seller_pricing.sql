-- How cars were priced, per seller, way of dividing the cars, segment and window in which they were put up.
with priced as (
  select *, asking_price / market_price::double as price_to_market
  from {{ ref('int_seller_cars') }}
  join {{ lookbacks() }} on listed_days_back <= days
)
select
  seller_id, days,
  case when grouping(body) = 0 then 'body' when grouping(age_band) = 0 then 'age_band' else 'all' end as segment_by,
  coalesce(body, age_band, 'all') as segment,
  count(*) as cars,
  sum(asking_price) as asked_inr,
  sum(fair_price) as fair_inr,
  quantile_cont(price_to_fair, [0.1, 0.5, 0.9]) as price_to_fair_at,
  stddev_samp(price_to_fair) as price_to_fair_spread,
  quantile_cont(price_to_market, [0.1, 0.5, 0.9]) as price_to_market_at,
  count(market_price) as compared,
  count(*) filter (price_to_market > 1) as above_market,
  count(*) filter (price_to_fair > 1.1) as overpriced,
  count(*) filter (price_to_fair < 0.95) as bargains,
  count(*) filter (moves > 0) as repriced,
  sum(price_now) as now_asked_inr,
  median(days_to_first_move) as days_to_first_move,
  median(asking_price) as median_price,
  count(*) filter (is_sold) as sold,
  sum(sold_price) filter (is_sold) as sold_inr,
  sum(asking_price) filter (is_sold) as asked_of_sold_inr,
  sum(fair_price) filter (is_sold) as fair_of_sold_inr
from priced
group by grouping sets ((seller_id, days), (seller_id, days, body), (seller_id, days, age_band))
