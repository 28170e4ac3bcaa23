{{ config(materialized='view') }}
select
  area_id, latitude, longitude, confidence, boundary
from {{ source('conformed', 'area_places') }}
