select
  place_id as CITY_ID,
  {{ features() }},
  {{ stamp_column() }}
from {{ ref('int_place_buyers') }}
where place_kind = 'city' and true
group by place_id
