{{ config(materialized='view') }}
select
  event_id, seller_id, listing_id, buyer_id, visitor_id, device, traffic_source, is_new_visitor, started_at,
  seconds, search_impressions, listing_views, photo_views, saves, shares, compare_adds, call_clicks,
  chat_opens, form_starts, form_submits, received_at,
  {{ days_back('started_at') }} as days_back,
  {{ local_month('started_at') }} as month,
  started_at::date as day,
  {{ daypart('started_at') }} as daypart,
  {{ is_weekend('started_at') }} as is_weekend,
  -- One page seen and nothing done on it.
  listing_views <= 1 and photo_views + saves + shares + compare_adds + call_clicks + chat_opens + form_starts = 0 as is_bounce,
  call_clicks + chat_opens + form_submits as contacts
from {{ source('conformed', 'sessions') }}
