-- What happened in visits, per seller, way of dividing the visits, segment and step of the look-back.
with visits as (
  select
    v.seller_id, {{ lookback_step('v.days_back') }} as step, v.device, v.traffic_source as source, v.daypart,
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
{% for segment_by in ['all', 'device', 'source', 'daypart', 'weekday', 'body', 'price_band', 'acquaintance', 'account'] -%}
select
  seller_id, step, {{ segment_columns(segment_by) }},
  count(*) as visits,
  count(case when is_new_visitor then 1 end) as new_visits,
  count(buyer_id) as signed_in_visits,
  count(case when is_bounce then 1 end) as one_page_visits,
  count(case when saves > 0 then 1 end) as saving_visits,
  count(case when contacts > 0 then 1 end) as contact_visits,
  count(case when seconds >= 180 then 1 end) as long_visits,
  sum(seconds)::bigint as visit_seconds,
  sum(search_impressions)::bigint as impressions,
  sum(listing_views)::bigint as views,
  sum(photo_views)::bigint as photos_opened,
  sum(saves)::bigint as favourites,
  sum(shares)::bigint as shares,
  sum(compare_adds)::bigint as comparisons,
  sum(call_clicks)::bigint as call_taps,
  sum(chat_opens)::bigint as chats,
  sum(form_starts)::bigint as forms_begun,
  sum(form_submits)::bigint as forms_sent,
  sum(contacts)::bigint as contacts
from visits
{{ group_by_segment('seller_id, step', segment_by, loop.last) }}
{% endfor %}
