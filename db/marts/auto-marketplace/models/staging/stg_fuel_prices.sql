{{ config(materialized='view') }}
select
  city_id, month, fuel, price, published_on,
  -- 0 is the latest month that is out.
  date_diff('month', month, max(month) over ()) as months_back
from {{ source('conformed', 'fuel_prices') }}
