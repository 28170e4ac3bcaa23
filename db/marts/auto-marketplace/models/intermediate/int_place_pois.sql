-- Points of interest of a city or an area, per category.
with pois as (
  select
    p.*, a.city_id, {{ km('a.latitude', 'a.longitude', 'p.latitude', 'p.longitude') }} as km_from_middle
  from {{ ref('stg_pois') }} p
  join {{ ref('stg_areas') }} a using (area_id)
)
select
  {{ place_columns() }}, coalesce(category, 'all') as segment, any_value(city_id) as city_id,
  count(*) as places,
  count(distinct area_id) as areas,
  count(rating) as rated,
  sum(rating::decimal(6, 3))::double as stars,
  sum((rating >= 4.5)::integer)::bigint as well_rated,
  sum((opened_days_back <= 365)::integer)::bigint as opened_1y,
  sum((opened_days_back <= 1095)::integer)::bigint as opened_3y,
  median(opened_days_back) / 365.25 as median_age_years,
  min(km_from_middle) as nearest_km,
  sum((km_from_middle <= 0.5)::integer)::bigint as within_500m
from pois
group by grouping sets ((city_id), (city_id, category), (area_id), (area_id, category))
