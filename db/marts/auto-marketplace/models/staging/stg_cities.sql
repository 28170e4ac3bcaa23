{{ config(materialized='view') }}
select
  city_id, city_name, state, region, tier, latitude, longitude, population, aliases
from {{ source('conformed', 'cities') }}
