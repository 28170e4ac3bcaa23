-- What happened in visits, per seller, way of dividing the visits, segment and step of the look-back.
with visits as (
  select
    v.seller_id, {{ lookback_step('v.days_back') }} as step, v.device, v.traffic_source, v.daypart,
    lower(dayname({{ local_time('v.started_at') }})) as weekday,
    coalesce(l.body, 'none') as body, coalesce(l.price_band, 'none') as price_band,
    case when v.is_new_visitor then 'newcomers' else 'returning' end as acquaintance,
    case when v.buyer_id is null then 'anonymous' else 'signed_in' end as account,
    v.is_new_visitor, v.buyer_id, v.is_bounce, v.seconds, v.search_impressions, v.listing_views, v.photo_views, v.saves,
    v.shares, v.compare_adds, v.call_clicks, v.chat_opens, v.form_starts, v.form_submits, v.contacts
  from {{ ref('stg_sessions') }} v
  left join {{ ref('stg_listings') }} l using (listing_id)
  where v.days_back between 1 and 365
)
select
  seller_id, step,
  case when grouping(device) = 0 then 'device' when grouping(traffic_source) = 0 then 'source'
    when grouping(daypart) = 0 then 'daypart' when grouping(weekday) = 0 then 'weekday' when grouping(body) = 0 then 'body'
    when grouping(price_band) = 0 then 'price_band' when grouping(acquaintance) = 0 then 'acquaintance'
    when grouping(account) = 0 then 'account' else 'all' end as segment_by,
  coalesce(device, traffic_source, daypart, weekday, body, price_band, acquaintance, account, 'all') as segment,
  count(*) as visits,
  count(*) filter (is_new_visitor) as new_visits,
  count(buyer_id) as signed_in_visits,
  count(*) filter (is_bounce) as one_page_visits,
  count(*) filter (saves > 0) as saving_visits,
  count(*) filter (contacts > 0) as contact_visits,
  count(*) filter (seconds >= 180) as long_visits,
  sum(seconds) as visit_seconds,
  sum(search_impressions) as impressions,
  sum(listing_views) as views,
  sum(photo_views) as photos_opened,
  sum(saves) as favourites,
  sum(shares) as shares,
  sum(compare_adds) as comparisons,
  sum(call_clicks) as call_taps,
  sum(chat_opens) as chats,
  sum(form_starts) as forms_begun,
  sum(form_submits) as forms_sent,
  sum(contacts) as contacts
from visits
group by grouping sets (
  (seller_id, step), (seller_id, step, device), (seller_id, step, traffic_source), (seller_id, step, daypart),
  (seller_id, step, weekday), (seller_id, step, body), (seller_id, step, price_band), (seller_id, step, acquaintance),
  (seller_id, step, account)
)
