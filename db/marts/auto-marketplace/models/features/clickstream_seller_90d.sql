with days as (
  select * from {{ ref('int_seller_days') }} where days_back between 1 and 90
),
-- Days are summed to the steps between windows first, since windows are many and overlap.
steps as (
  select
    seller_id,
    case when days_back <= 1 then 1 when days_back <= 7 then 7 when days_back <= 14 then 14 when days_back <= 30 then 30
      when days_back <= 60 then 60 else 90 end as step,
    {% for sum in ['sessions', 'app_sessions', 'mobile_web_sessions', 'desktop_sessions', 'search_sessions', 'direct_sessions',
      'paid_sessions', 'social_sessions', 'new_visitor_sessions', 'night_sessions', 'bounced_sessions', 'session_seconds',
      'search_impressions', 'listing_views', 'photo_views', 'saves', 'shares', 'compare_adds', 'call_clicks', 'chat_opens',
      'form_starts', 'form_submits', 'seller_logins', 'price_edits', 'photo_uploads'] -%}
    sum({{ sum }}) as {{ sum }}{{ ',' if not loop.last }}
    {% endfor -%}
  from days
  group by seller_id, step
),
counted as (
  select
    seller_id,
    {{ features('counted') }}
  from steps
  group by seller_id
  having sum(sessions) > 0
),
rated as (
  select
    seller_id,
    {{ features('rated') }}
  from counted
),
daily as (
  select
    seller_id,
    min(days_back) filter (sessions > 0) as days_since_last_visit,
    min(days_back) filter (seller_logins > 0) as days_since_last_login,
    {{ features('daily') }}
  from days
  group by seller_id
)
select
  seller_id as SELLER_ID,
  daily.* exclude (seller_id),
  counted.* exclude (seller_id),
  rated.* exclude (seller_id),
  call_clicks_90d + chat_opens_90d + form_submits_90d as contact_intents_90d,
  {{ ratio('call_clicks_90d + chat_opens_90d + form_submits_90d', 'sessions_90d') }} as contact_rate_90d,
  {{ stamp_column() }}
from counted
join rated using (seller_id)
join daily using (seller_id)
