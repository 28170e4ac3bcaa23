{{ config(materialized='view') }}
select
  area_id, destination, road_km, minutes_morning, minutes_midday, minutes_night
from {{ source('conformed', 'area_travel') }}
