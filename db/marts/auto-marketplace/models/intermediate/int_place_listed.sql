-- Cars put up for sale, per city or area, way of dividing them, segment and window.
with listed as (
  select *
  from {{ ref('int_place_cars') }}
  join {{ lookbacks() }} on listed_step <= days
  where days >= 30
),
summed as (
  select
    {{ place_columns() }}, days,
    {{ car_segment() }},
    count(*) as listed,
    sum(asking_price)::bigint as listed_inr,
    count(distinct seller_id) as sellers,
    sum(is_inspected::integer)::bigint as inspected,
    sum(is_boosted::integer)::bigint as boosted,
    sum((moves > 0)::integer)::bigint as repriced,
    sum((previous_owners <= 1)::integer)::bigint as first_hand,
    sum((transmission = 'automatic')::integer)::bigint as automatic,
    sum(photos)::bigint as photos,
    sum(age_years)::bigint as age_years,
    sum(kilometres)::bigint as kilometres,
    count(kilometres) as odometers,
    sum(enquiries)::bigint as enquiries,
    sum(is_sold::integer)::bigint as sold_since,
    sum(price_now)::bigint as now_inr,
    sum(fair_price)::bigint as fair_inr,
    sum(case when market_price is not null then asking_price end)::bigint as priced_inr,
    sum(market_price)::bigint as market_inr,
    sum((price_to_fair > 1.1)::integer)::bigint as overpriced,
    sum((price_to_fair < 0.95)::integer)::bigint as bargains,
    quantile_cont(asking_price, [0.1, 0.5, 0.9]) as price_at
  from listed
  group by grouping sets (
    (city_id, days), (city_id, days, body), (city_id, days, fuel), (city_id, days, age_band), (city_id, days, price_band),
    (city_id, days, make), (area_id, days), (area_id, days, body), (area_id, days, fuel), (area_id, days, age_band),
    (area_id, days, price_band)
  )
)
select *,
  listed / sum(listed) over of_place::double as share
from summed
where place_id is not null
window of_place as (partition by place_kind, place_id, segment_by, days)
