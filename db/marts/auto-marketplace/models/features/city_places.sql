with places as (
  select p.*, c.population, (select count(*) from {{ ref('stg_areas') }} a where a.city_id = p.city_id)::double as city_areas
  from {{ ref('int_place_pois') }} p
  join {{ ref('stg_cities') }} c using (city_id)
  where place_kind = 'city'
)
select
  city_id as CITY_ID,
  {{ features() }},
  {{ stamp_column() }}
from places
group by city_id
