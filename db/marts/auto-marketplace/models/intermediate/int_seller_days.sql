-- Visits to a seller's pages and what the seller did, per day on which there was either.
with visits as (
  select
    seller_id, days_back,
    count(*) as sessions,
    count(*) filter (device = 'app') as app_sessions,
    count(*) filter (device = 'mobile_web') as mobile_web_sessions,
    count(*) filter (device = 'desktop') as desktop_sessions,
    count(*) filter (traffic_source = 'search') as search_sessions,
    count(*) filter (traffic_source = 'direct') as direct_sessions,
    count(*) filter (traffic_source = 'ads') as paid_sessions,
    count(*) filter (traffic_source = 'social') as social_sessions,
    count(*) filter (is_new_visitor) as new_visitor_sessions,
    count(*) filter (daypart = 'night') as night_sessions,
    count(*) filter (is_weekend) as weekend_sessions,
    count(*) filter (is_bounce) as bounced_sessions,
    sum(seconds) as session_seconds,
    sum(search_impressions) as search_impressions,
    sum(listing_views) as listing_views,
    sum(photo_views) as photo_views,
    sum(saves) as saves,
    sum(shares) as shares,
    sum(compare_adds) as compare_adds,
    sum(call_clicks) as call_clicks,
    sum(chat_opens) as chat_opens,
    sum(form_starts) as form_starts,
    sum(form_submits) as form_submits,
    sum(contacts) as contacts
  from {{ ref('stg_sessions') }}
  group by seller_id, days_back
),
acts as (
  select seller_id, days_back, sum(logins) as seller_logins, sum(price_edits) as price_edits, sum(photo_uploads) as photo_uploads
  from {{ ref('stg_seller_actions') }}
  group by seller_id, days_back
)
select *
from visits
full join acts using (seller_id, days_back)
