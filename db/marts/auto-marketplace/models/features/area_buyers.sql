select
  place_id as AREA_ID,
  {{ features() }},
  {{ stamp_column() }}
from {{ ref('int_place_buyers') }}
where place_kind = 'area' and true
group by place_id
