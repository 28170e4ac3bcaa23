select
  area_id as AREA_ID,
  city_id as CITY_ID,
  {{ cast_to('float', 'latitude') }} as AREA_LATITUDE,
  {{ cast_to('float', 'longitude') }} as AREA_LONGITUDE,
  {{ cast_to('float', 'km_from_centre') }} as KM_FROM_CITY_CENTRE,
  row_number() over (partition by city_id order by km_from_centre, area_id) as AREA_RANK_FROM_CENTRE,
  {{ stamp_column() }}
from {{ ref('stg_areas') }}
