with answered as (
  -- Some interviews were broken off.
  select * from raw.households where raw.u('answered', city_id || ':' || household) < 0.94
),
surveys as (
  select city_id, count(*) as surveyed, count(*) filter (core) as core_households,
  {{ columns.surveyed }}
  from answered
  group by city_id
),
extents as (
  select city_id, count(*) as area_count from raw.areas group by city_id
)
select
  {{ columns }},
  v.* exclude (city_id, surveyed, core_households),
  '{{ stamp }}' as STAMP
from surveys v
join raw.cities c on c.city_id = v.city_id
join extents on extents.city_id = v.city_id
