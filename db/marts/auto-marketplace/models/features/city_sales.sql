select
  place_id as CITY_ID,
  {{ features() }},
  {{ stamp_column() }}
from {{ ref('int_place_sales') }}
where place_kind = 'city' and segment_by in ('all', 'body', 'price_band')
group by place_id
