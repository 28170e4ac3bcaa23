-- Cars listed and ended, per seller, way of dividing them, segment and window.
with events as (
  select *, {{ lookback_step('listed_days_back') }} as listed_step, {{ lookback_step('ended_days_back') }} as ended_step
  from {{ ref('int_seller_cars') }}
),
looked_back as (
  select *,
    coalesce(listed_step <= days, false) as was_listed,
    coalesce(ended_step <= days, false) as was_ended,
    is_sold and coalesce(ended_step <= days, false) as was_sold,
    is_sold and coalesce(ended_step between days + 1 and 2 * days, false) as was_sold_before
  from events
  join {{ lookbacks() }} on listed_step <= 2 * days or ended_step <= 2 * days
)
select
  seller_id, days,
  case when grouping(body) = 0 then 'body' when grouping(fuel) = 0 then 'fuel' when grouping(make) = 0 then 'make'
    when grouping(age_band) = 0 then 'age_band' when grouping(price_band) = 0 then 'price_band' else 'all' end as segment_by,
  coalesce(body, fuel, make, age_band, price_band, 'all') as segment,
  count(*) filter (was_listed) as listed,
  sum(asking_price) filter (was_listed) as listed_inr,
  count(*) filter (was_listed and is_sold) as listed_and_sold,
  count(*) filter (was_ended) as ended,
  count(*) filter (was_ended and listing_status = 'withdrawn') as withdrawn,
  count(*) filter (was_ended and listing_status = 'expired') as expired,
  count(*) filter (was_sold) as sold,
  count(*) filter (was_sold_before) as sold_before,
  sum(sold_price) filter (was_sold) as turnover,
  sum(sold_price) filter (was_sold_before) as turnover_before,
  max(sold_price) filter (was_sold) as dearest_sale,
  sum(asking_price) filter (was_sold) as asked_of_sold,
  sum(fair_price) filter (was_sold) as fair_of_sold,
  quantile_cont(days_on_offer, [0.25, 0.5, 0.75]) filter (was_sold) as days_to_sell_at,
  count(*) filter (was_sold and days_on_offer <= 14) as sold_in_14d,
  count(*) filter (was_sold and drops > 0) as sold_after_drop,
  sum(enquiries) filter (was_sold) as enquiries_of_sold,
  sum(enquiries) filter (was_listed) as enquiries_of_listed
from looked_back
group by grouping sets (
  (seller_id, days), (seller_id, days, body), (seller_id, days, fuel), (seller_id, days, make), (seller_id, days, age_band),
  (seller_id, days, price_band)
)
