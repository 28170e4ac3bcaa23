with summed as (
  select seller_id,
  {{ columns.summed }}
  from raw.visits
  where days_back <= 90
  group by seller_id
),
rated as (
  select seller_id,
  {{ columns.rated }}
  from summed
)
select
  {{ columns.key }},
  summed.* exclude (seller_id), rated.* exclude (seller_id),
  '{{ stamp }}' as STAMP
from summed
join rated using (seller_id)
