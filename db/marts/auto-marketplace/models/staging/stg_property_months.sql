{{ config(materialized='view') }}
select
  area_id, city_id, segment, month, sales, price_per_sqft, rent_per_sqft, homes_on_market, days_on_market,
  published_on,
  -- 0 is the latest month that is out.
  date_diff('month', month, max(month) over ()) as months_back
from {{ source('conformed', 'property_months') }}
