{{ config(materialized='view') }}
select
  buyer_id, city_id, area_id, joined_at, age_band, occupation, income_band, preferred_body, budget_inr,
  has_exchange_car, uses_app, updated_at,
  {{ days_back('joined_at') }} as joined_days_back
from {{ source('conformed', 'buyers') }}
