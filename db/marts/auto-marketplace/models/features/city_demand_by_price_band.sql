select
  place_id as CITY_ID,
  {{ features() }},
  {{ stamp_column() }}
from {{ ref('int_place_visits') }}
where place_kind = 'city' and segment_by = 'price_band'
group by place_id
