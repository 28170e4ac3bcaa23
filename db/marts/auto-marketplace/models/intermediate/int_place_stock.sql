-- Cars on offer at END, per city or area, way of dividing them and segment; every segment listed there in 18 months is there.
with cars as (
  select *, case when is_active then price_now end as price, case when is_active then days_on_offer end as days_stood
  from {{ ref('int_place_cars') }}
),
summed as (
  select
    {{ place_columns() }},
    {{ car_segment() }},
    count(*) as ever_listed,
    count(price) as cars,
    sum(price)::bigint as value_inr,
    count(distinct case when is_active then seller_id end) as sellers,
    quantile_cont(price, [0.1, 0.5, 0.9]) as price_at,
    min(price) as least_price,
    max(price) as greatest_price,
    sum(case when is_active and market_price is not null then price_now end)::bigint as priced_inr,
    sum(case when is_active then market_price end)::bigint as market_inr,
    sum(case when is_active then fair_price end)::bigint as fair_inr,
    sum(case when is_active then age_years end)::bigint as age_years,
    sum(case when is_active then kilometres end)::bigint as kilometres,
    count(case when is_active then kilometres end) as odometers,
    sum(case when is_active then photos end)::bigint as photos,
    sum(days_stood)::bigint as days_stood,
    median(days_stood) as median_days,
    sum((days_stood > 30)::integer)::bigint as over_30d,
    sum((days_stood > 60)::integer)::bigint as over_60d,
    sum((is_active and is_inspected)::integer)::bigint as inspected,
    sum((is_active and is_boosted)::integer)::bigint as boosted,
    sum((is_active and drops > 0)::integer)::bigint as cut,
    sum(case when is_active then enquiries end)::bigint as enquiries,
    sum((is_active and enquiries = 0)::integer)::bigint as unasked
  from cars
  group by grouping sets (
    (city_id), (city_id, body), (city_id, fuel), (city_id, age_band), (city_id, price_band), (city_id, make),
    (area_id), (area_id, body), (area_id, fuel), (area_id, age_band), (area_id, price_band)
  )
)
select *,
  cars / nullif(sum(cars) over of_place, 0)::double as share,
  value_inr / nullif(sum(value_inr) over of_place, 0)::double as value_share
from summed
where place_id is not null
window of_place as (partition by place_kind, place_id, segment_by)
