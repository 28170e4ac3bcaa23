with summed as (
  select area_id, city_id,
  {{ columns.summed }}
  from raw.property_months
  group by area_id, city_id
),
compared as (
  select area_id,
  {{ columns.compared }}
  from summed
)
select
  {{ columns.key }},
  summed.* exclude (area_id, city_id), compared.* exclude (area_id),
  '{{ stamp }}' as STAMP
from summed
join compared using (area_id)
