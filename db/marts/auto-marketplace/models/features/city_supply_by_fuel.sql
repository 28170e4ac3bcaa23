select
  place_id as CITY_ID,
  {{ features() }},
  {{ stamp_column() }}
from {{ ref('int_place_supply') }}
where place_kind = 'city' and segment_by = 'fuel'
group by place_id
