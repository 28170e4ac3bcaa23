-- Cars on offer at END, per seller, way of dividing them and segment; every segment that the seller listed in 18 months is there.
select
  seller_id,
  case when grouping(body) = 0 then 'body' when grouping(fuel) = 0 then 'fuel' when grouping(make) = 0 then 'make'
    when grouping(age_band) = 0 then 'age_band' else 'all' end as segment_by,
  coalesce(body, fuel, make, age_band, 'all') as segment,
  count(*) as ever_listed,
  count(*) filter (is_active) as cars,
  sum(asking_price) filter (is_active) as value_inr,
  min(asking_price) filter (is_active) as least_price,
  median(asking_price) filter (is_active) as median_price,
  max(asking_price) filter (is_active) as greatest_price,
  sum(asking_price) filter (is_active and market_price is not null) as priced_inr,
  sum(market_price) filter (is_active) as market_inr,
  sum(age_years) filter (is_active) as age_years,
  sum(kilometres) filter (is_active) as kilometres,
  count(kilometres) filter (is_active) as odometers,
  sum(photos) filter (is_active) as photos,
  sum(days_on_offer) filter (is_active) as days_on_offer,
  max(days_on_offer) filter (is_active) as longest_days,
  count(*) filter (is_active and days_on_offer > 30) as over_30d,
  count(*) filter (is_active and days_on_offer > 60) as over_60d,
  count(*) filter (is_active and is_inspected) as inspected,
  count(*) filter (is_active and is_boosted) as boosted,
  count(*) filter (is_active and moves > 0) as repriced,
  count(*) filter (is_active and enquiries = 0) as unasked,
  sum(enquiries) filter (is_active) as enquiries
from {{ ref('int_seller_cars') }}
group by grouping sets ((seller_id), (seller_id, body), (seller_id, fuel), (seller_id, make), (seller_id, age_band))
