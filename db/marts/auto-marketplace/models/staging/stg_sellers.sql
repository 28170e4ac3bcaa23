{{ config(materialized='view') }}
select
  seller_id, seller_name, phone, email, contact_name, contact_phone, seller_type, city_id, area_id, latitude, longitude,
  home_latitude, home_longitude, onboarded_at, left_at, plan, is_verified, has_gst, staff,
  updated_at,
  {{ days_back('onboarded_at') }} as onboarded_days_back,
  {{ days_back('left_at') }} as left_days_back,
  left_at is not null as has_left,
  date_diff('day', onboarded_at, coalesce(left_at, {{ end_at() }})) as tenure_days,
  -- As of END: the platform's own word is of the day it was read.
  case when status = 'suspended' then 'suspended' when left_at < {{ end_at() }} - interval 240 days then 'churned'
    when left_at is not null then 'dormant' when onboarded_at >= {{ end_at() }} - interval 30 days then 'new'
    else 'active' end as status
from {{ source('conformed', 'sellers') }}
