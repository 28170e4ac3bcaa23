{{ config(materialized='view') }}
select
  poi_id, area_id, category, latitude, longitude, rating, opened_on,
  {{ days_back('opened_on') }} as opened_days_back
from {{ source('conformed', 'pois') }}
