select
  place_id as AREA_ID,
  {{ features() }},
  {{ stamp_column() }}
from {{ ref('int_place_enquiries') }}
where place_kind = 'area' and segment_by in ('all', 'body', 'price_band')
group by place_id
