{{ config(materialized='view') }}
select
  lead_id, listing_id, seller_id, buyer_id, channel, asked_at, answered_at, took_test_drive, offer_inr,
  rating, updated_at,
  {{ days_back('asked_at') }} as asked_days_back,
  {{ days_back('answered_at') }} as answered_days_back,
  {{ days_back('updated_at') }} as updated_days_back,
  {{ local_month('asked_at') }} as asked_month,
  {{ daypart('asked_at') }} as daypart,
  {{ is_weekend('asked_at') }} as is_weekend,
  date_diff('minute', asked_at, answered_at) as answer_minutes,
  answered_at is not null as is_answered,
  offer_inr is not null as made_offer
from {{ source('conformed', 'leads') }}
