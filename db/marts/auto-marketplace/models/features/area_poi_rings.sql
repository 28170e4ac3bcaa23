with near as (
  select area_id, category, radius_m, pois, nearest_km,
    sum(pois) over (partition by area_id, radius_m) as all_pois
  from {{ source('augment', 'area_poi_rings') }}
),
ringed as (
  select
    area_id,
    {{ features('ringed') }},
    {{ features('nearest') }}
  from near
  group by area_id
)
select
  area_id as AREA_ID,
  ringed.* exclude (area_id),
  {{ features('compared') }},
  {{ stamp_column() }}
from ringed
