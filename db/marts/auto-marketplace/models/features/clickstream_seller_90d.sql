with summed as (
  select
    seller_id,
    min(days_back) filter (sessions > 0) as days_since_last_visit,
    min(days_back) filter (seller_logins > 0) as days_since_last_login,
    {{ features('summed') }}
  from {{ ref('int_seller_days') }}
  where days_back between 1 and 90
  group by seller_id
  having sum(sessions) > 0
),
rated as (
  select
    seller_id,
    {{ features('rated') }}
  from summed
)
select
  seller_id as SELLER_ID,
  summed.* exclude (seller_id),
  rated.* exclude (seller_id),
  call_clicks_90d + chat_opens_90d + form_submits_90d as contact_intents_90d,
  {{ ratio('call_clicks_90d + chat_opens_90d + form_submits_90d', 'sessions_90d') }} as contact_rate_90d,
  {{ stamp_column() }}
from summed
join rated using (seller_id)
