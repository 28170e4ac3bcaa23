select
  city_id as CITY_ID,
  {{ features() }},
  {{ stamp_column() }}
from {{ ref('int_city_loans') }}
group by city_id
