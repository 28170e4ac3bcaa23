select
  city_id as CITY_ID,
  city_name as CITY_NAME,
  state as STATE,
  region as REGION,
  tier as TIER,
  {{ cast_to('float', 'latitude') }} as CITY_LATITUDE,
  {{ cast_to('float', 'longitude') }} as CITY_LONGITUDE,
  {{ stamp_column() }}
from {{ ref('stg_cities') }}
