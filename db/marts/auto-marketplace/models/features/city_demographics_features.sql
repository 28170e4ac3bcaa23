with answered as (
  -- Without the income an interview was broken off.
  select * from {{ ref('stg_households') }} where income is not null
),
surveys as (
  select
    city_id,
    count(*) as surveyed,
    count(*) filter (core) as core_households,
    {{ features('surveyed') }}
  from answered
  group by city_id
),
ranks as (
  select
    city_id,
    {{ features('ranked') }}
  from surveys
),
extents as (
  -- A cell is 5.16 km².
  select city_id, count(*) * 5.16 as km2 from {{ ref('stg_areas') }} group by city_id
)
select
  c.city_id as CITY_ID,
  c.population::bigint as population,
  {{ cast_to('float', 'km2') }} as city_area_km2,
  {{ ratio('c.population', 'km2') }} as population_density,
  rank() over (order by c.population desc) as population_rank,
  surveyed as surveyed_households,
  {{ ratio('core_households', 'surveyed') }} as inner_city_share,
  case ntile(4) over (order by household_income_median desc, c.city_id) when 1 then 'prosperous' when 2 then 'comfortable'
    when 3 then 'modest' else 'struggling' end as affluence_class,
  surveys.* exclude (city_id, surveyed, core_households),
  ranks.* exclude (city_id),
  {{ stamp_column() }}
from surveys
join ranks using (city_id)
join {{ ref('stg_cities') }} c using (city_id)
join extents using (city_id)
