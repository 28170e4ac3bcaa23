{{ config(materialized='view') }}
select
  make, model, body, age_years, month, median_price_inr, sample_size, new_price_inr, published_on,
  -- 0 is the latest month that is out.
  date_diff('month', month, max(month) over ()) as months_back
from {{ source('conformed', 'market_prices') }}
