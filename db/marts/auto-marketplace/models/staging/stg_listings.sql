{{ config(materialized='view') }}
select
  listing_id, seller_id, city_id, area_id, make, model, body, fuel, transmission, model_year, kilometres,
  previous_owners, listed_at, written_at, ended_at, listing_status, asking_price, fair_price, sold_price,
  photos, description_words, is_inspected, inspection_score, is_boosted, updated_at,
  {{ days_back('listed_at') }} as listed_days_back,
  {{ days_back('ended_at') }} as ended_days_back,
  {{ local_month('listed_at') }} as listed_month,
  {{ local_month('ended_at') }} as ended_month,
  -- Up to its end, or to now.
  date_diff('day', listed_at, coalesce(ended_at, {{ end_at() }})) as days_on_offer,
  year({{ end_day() }}) - model_year as age_years,
  {{ price_band('asking_price') }} as price_band,
  asking_price / fair_price::double as price_to_fair,
  listing_status = 'active' as is_active,
  listing_status = 'sold' as is_sold
from {{ source('conformed', 'listings') }}
