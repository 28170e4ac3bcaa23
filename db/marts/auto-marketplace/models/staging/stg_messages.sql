{{ config(materialized='view') }}
select
  message_id, campaign_id, seller_id, channel, variant, sent_at, delivered_at, opened_at, clicked_at,
  replied_at, converted_at, opted_out, complained, cost_paise, reply_words,
  {{ days_back('sent_at') }} as sent_days_back,
  {{ local_month('sent_at') }} as sent_month,
  {{ daypart('sent_at') }} as daypart,
  {{ is_weekend('sent_at') }} as is_weekend,
  delivered_at is not null as is_delivered,
  opened_at is not null as is_opened,
  clicked_at is not null as is_clicked,
  replied_at is not null as is_replied,
  converted_at is not null as is_converted,
  date_diff('second', sent_at, opened_at) as seconds_to_open
from {{ source('conformed', 'messages') }}
