{{ config(materialized='view') }}
select
  area_id, city_id, area_name, latitude, longitude, km_from_centre, reach_km
from {{ source('conformed', 'areas') }}
