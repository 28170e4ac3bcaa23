{{ config(materialized='view') }}
-- Cars with the city and the area they stand in, ready to be looked back on.
select
  c.*, l.city_id, l.area_id, l.model, l.transmission, l.previous_owners, l.description_words,
  {{ lookback_step('c.listed_days_back') }} as listed_step,
  {{ lookback_step('c.ended_days_back') }} as ended_step
from {{ ref('int_seller_cars') }} c
join {{ ref('stg_listings') }} l using (listing_id)
where l.city_id is not null
