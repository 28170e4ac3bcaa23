-- What happened in visits, per city or area of the car (or, without one, of the seller), way of dividing the visits, segment and step.
with visits as (
  select
    coalesce(l.city_id, s.city_id) as city_id, coalesce(l.area_id, s.area_id) as area_id,
    {{ lookback_step('v.days_back') }} as step, v.device, v.traffic_source as source,
    coalesce(l.body, 'none') as body, coalesce(l.price_band, 'none') as price_band,
    v.is_new_visitor, v.buyer_id, v.is_bounce, v.seconds, v.search_impressions, v.listing_views, v.photo_views, v.saves, v.shares,
    v.compare_adds, v.call_clicks, v.chat_opens, v.form_starts, v.form_submits, v.contacts
  from {{ ref('stg_sessions') }} v
  join {{ ref('stg_sellers') }} s using (seller_id)
  left join {{ ref('stg_listings') }} l using (listing_id)
  where v.days_back between 1 and 365
)
select
  {{ place_columns() }}, step,
  case when grouping(device) = 0 then 'device' when grouping(source) = 0 then 'source' when grouping(body) = 0 then 'body'
    when grouping(price_band) = 0 then 'price_band' else 'all' end as segment_by,
  coalesce(device, source, body, price_band, 'all') as segment,
  count(*) as visits,
  sum(is_new_visitor::integer)::bigint as new_visits,
  count(buyer_id) as signed_in_visits,
  sum(is_bounce::integer)::bigint as one_page_visits,
  sum((contacts > 0)::integer)::bigint as contact_visits,
  sum((saves > 0)::integer)::bigint as saving_visits,
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
group by grouping sets (
  (city_id, step), (city_id, step, device), (city_id, step, source), (city_id, step, body), (city_id, step, price_band),
  (area_id, step), (area_id, step, device), (area_id, step, body), (area_id, step, price_band)
)
