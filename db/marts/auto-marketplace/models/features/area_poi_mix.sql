with city as (
  select city_id, segment, places::double as city_places, places / max(places) over (partition by city_id)::double as city_share
  from {{ ref('int_place_pois') }}
  where place_kind = 'city'
),
pois as (
  select p.*, city_places, city_share, max(p.places) over (partition by place_id)::double as all_places
  from {{ ref('int_place_pois') }} p
  join city using (city_id, segment)
  where place_kind = 'area'
)
select
  place_id as AREA_ID,
  {{ features() }},
  {{ stamp_column() }}
from pois
group by place_id
