select
  area_id as AREA_ID,
  {{ features() }},
  {{ stamp_column() }}
from {{ ref('int_area_property_moves') }}
group by area_id
