-- Events on a seller's pages, summed per seller and day. One seller in twelve was never seen: an old app without tracking.
create table raw.visits as
with days as (
  select s.seller_id, s.k, s.quality, s.seller_type, d as days_back, raw.today() - d::integer as day,
    s.k || ':' || d as dk
  from raw.sellers s cross join range(1, 541) as t(d)
  where raw.u('untracked', s.k) >= 0.08
    and raw.today() - d::integer > s.onboarded_at::date
    and raw.today() - d::integer < coalesce(s.left_at, raw.as_of())::date
),
seen as (
  select *, raw.bits('visit', dk) as a,
    -- Festive autumns, quiet monsoons, busy weekends.
    exp(0.55 * quality + (case seller_type when 'individual' then -0.7 when 'franchise_dealer' then 0.5 else 0.1 end)
      + (case when isodow(day) >= 6 then 0.25 else 0 end) + (case when month(day) in (10, 11) then 0.25
        when month(day) in (6, 7) then -0.18 else 0 end) - 0.0006 * days_back
      + 0.5 * raw.g('visit-month', k || ':' || (days_back // 30))) as pull
  from days
),
active as (
  select *, raw.bits('visit-b', dk) as b, raw.bits('visit-c', dk) as c, raw.bits('visit-d', dk) as d,
    raw.bits('visit-e', dk) as e, raw.bits('visit-f', dk) as f
  from seen where raw.slice(a, 0) < 1 - exp(-0.55 * pull)
),
shown as (
  select *, 1 + raw.whole(5.5 * pull * (0.3 + 1.4 * raw.slice(a, 1)), raw.slice(a, 2)) as sessions from active
),
split as (
  select *,
    raw.whole(sessions * (0.40 + 0.28 * raw.slice(b, 0)), raw.slice(b, 1)) as wanted_app,
    raw.whole(sessions * (0.30 + 0.25 * raw.slice(b, 2)), raw.slice(b, 3)) as wanted_search,
    raw.whole(sessions * (1.5 + 1.6 * raw.slice(c, 0)), raw.slice(c, 1)) as listing_views
  from shown
)
select
  seller_id, day, days_back, isodow(day) >= 6 as weekend,
  sessions, least(sessions, wanted_app) as app_sessions,
  raw.whole((sessions - least(sessions, wanted_app)) * 0.7, raw.slice(c, 2)) as mobile_web_sessions,
  sessions - least(sessions, wanted_app) - raw.whole((sessions - least(sessions, wanted_app)) * 0.7, raw.slice(c, 2))
    as desktop_sessions,
  least(sessions, wanted_search) as search_sessions,
  raw.whole((sessions - least(sessions, wanted_search)) * 0.5, raw.slice(c, 3)) as direct_sessions,
  raw.whole((sessions - least(sessions, wanted_search)) * 0.22, raw.slice(d, 0)) as paid_sessions,
  raw.whole((sessions - least(sessions, wanted_search)) * 0.14, raw.slice(d, 1)) as social_sessions,
  raw.whole(sessions * (0.45 + 0.25 * raw.slice(d, 2)), raw.slice(d, 3)) as new_visitor_sessions,
  raw.whole(sessions * (0.15 + 0.2 * raw.slice(e, 0)), raw.slice(e, 1)) as night_sessions,
  raw.whole(sessions * (0.55 - 0.06 * quality) * raw.slice(e, 2), raw.slice(e, 3)) as bounced_sessions,
  raw.whole(sessions * (55 + 130 * raw.slice(f, 0) + 14 * quality), raw.slice(f, 1)) as session_seconds,
  listing_views * 6 + raw.whole(sessions * 14 * raw.slice(f, 2), raw.slice(f, 3)) as search_impressions,
  listing_views, raw.whole(listing_views * 2.2 * raw.slice(xor(b, c), 0), 0.5) as photo_views,
  raw.whole(listing_views * 0.085 * (1 + 0.2 * quality), raw.slice(xor(b, c), 1)) as saves,
  raw.whole(listing_views * 0.03, raw.slice(xor(b, c), 2)) as shares,
  raw.whole(listing_views * 0.05, raw.slice(xor(b, c), 3)) as compare_adds,
  raw.whole(listing_views * 0.045 * (1 + 0.25 * quality), raw.slice(xor(b, d), 0)) as call_clicks,
  raw.whole(listing_views * 0.055 * (1 + 0.25 * quality), raw.slice(xor(b, d), 1)) as chat_opens,
  raw.whole(listing_views * 0.035, raw.slice(xor(b, d), 2)) as form_starts,
  raw.whole(listing_views * 0.018 * (1 + 0.3 * quality), raw.slice(xor(b, d), 3)) as form_submits,
  raw.whole(0.5 + 0.4 * quality + 0.3 * pull, raw.slice(xor(b, e), 0)) as seller_logins,
  raw.whole(0.08 + 0.06 * pull, raw.slice(xor(b, e), 1)) as price_edits,
  raw.whole(0.15 + 0.1 * pull, raw.slice(xor(b, e), 2)) as photo_uploads
from split
order by seller_id, day;
