with city as (
  select city_id, segment, places::double as city_places, places / max(places) over (partition by city_id)::double as city_share
  from {{ ref('int_place_pois') }}
  where place_kind = 'city'
),
areas as (
  select place_id, city_id, places::double as all_places from {{ ref('int_place_pois') }} where place_kind = 'area' and segment = 'all'
),
-- An area without a category ranks below those that have it.
pois as (
  select
    a.place_id, a.city_id, a.all_places, k.segment, c.city_places, c.city_share, coalesce(p.places, 0) as places,
    p.* exclude (place_kind, place_id, city_id, segment, places),
    percent_rank() over (partition by a.city_id, k.segment order by coalesce(p.places, 0)) as percentile
  from areas a
  cross join (select distinct segment from city) k
  left join city c on c.city_id = a.city_id and c.segment = k.segment
  left join {{ ref('int_place_pois') }} p on p.place_kind = 'area' and p.place_id = a.place_id and p.segment = k.segment
)
select
  place_id as AREA_ID,
  {{ features() }},
  {{ stamp_column() }}
from pois
group by place_id
