-- Changes of asking prices, per seller, way of dividing them, segment and window.
with moves as (
  select
    c.seller_id, p.listing_id, c.body, c.price_band,
    case when c.listed_days_back - p.changed_days_back <= 14 then 'early'
      when c.listed_days_back - p.changed_days_back <= 28 then 'midway' else 'late' end as moment,
    c.listed_days_back - p.changed_days_back as days_on_offer, p.is_drop, p.old_price - p.new_price as cut_inr, p.change_share,
    {{ lookback_step('p.changed_days_back') }} as step
  from {{ ref('stg_price_changes') }} p
  join {{ ref('int_seller_cars') }} c using (listing_id)
  where p.changed_days_back between 1 and 365
)
select
  seller_id, days,
  case when grouping(price_band) = 0 then 'price_band' when grouping(body) = 0 then 'body'
    when grouping(moment) = 0 then 'moment' else 'all' end as segment_by,
  coalesce(price_band, body, moment, 'all') as segment,
  count(*) filter (step <= days) as moves,
  count(*) filter (step > days) as moves_before,
  count(*) filter (step <= days and is_drop) as drops,
  count(*) filter (step <= days and not is_drop) as rises,
  count(distinct listing_id) filter (step <= days) as cars_moved,
  sum(cut_inr) filter (step <= days and is_drop) as cut_inr,
  quantile_cont(-change_share, [0.5, 1.0]) filter (step <= days and is_drop) as drop_at,
  median(days_on_offer) filter (step <= days) as median_days_on_offer
from moves
join {{ lookbacks() }} on step <= 2 * days
group by grouping sets (
  (seller_id, days), (seller_id, days, price_band), (seller_id, days, body), (seller_id, days, moment)
)
