{{ config(materialized='view') }}
select
  event_id, seller_id, device, started_at, logins, price_edits, photo_uploads, received_at,
  {{ days_back('started_at') }} as days_back,
  {{ local_month('started_at') }} as month,
  started_at::date as day,
  {{ daypart('started_at') }} as daypart,
  {{ is_weekend('started_at') }} as is_weekend
from {{ source('conformed', 'seller_actions') }}
