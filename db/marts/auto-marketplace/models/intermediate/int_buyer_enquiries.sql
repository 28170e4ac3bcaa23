-- Enquiries that buyers sent, per buyer, way of dividing them, segment and window.
with enquiries as (
  select e.*, l.city_id = b.city_id as is_near, b.budget_inr
  from {{ ref('int_leads') }} e
  join {{ ref('stg_listings') }} l using (listing_id)
  join {{ ref('stg_buyers') }} b on b.buyer_id = e.buyer_id
  where e.asked_days_back between 1 and 365
)
select
  buyer_id, days,
  case when grouping(channel) = 0 then 'channel' when grouping(body) = 0 then 'body'
    when grouping(price_band) = 0 then 'price_band' else 'all' end as segment_by,
  coalesce(channel, body, price_band, 'all') as segment,
  count(*) as enquiries,
  count(distinct seller_id) as sellers,
  sum(took_test_drive::integer)::bigint as test_drives,
  count(offer_inr) as offers,
  sum(offer_inr)::bigint as offered_inr,
  sum(case when offer_inr is not null then asking_price end)::bigint as asked_of_offers,
  max(offer_inr) as greatest_offer,
  count(answer_minutes) as answered,
  sum(answer_minutes)::bigint as answer_minutes,
  sum((answer_minutes <= 60)::integer)::bigint as answered_in_1h,
  sum(asking_price)::bigint as asked_about_inr,
  count(rating) as ratings,
  sum(rating)::bigint as stars,
  sum(is_returning_buyer::integer)::bigint as to_known_sellers,
  sum(is_near::integer)::bigint as near_enquiries,
  sum(is_weekend::integer)::bigint as weekend_enquiries,
  sum((daypart in ('evening', 'night'))::integer)::bigint as late_enquiries,
  min(asked_days_back) as last_asked_days_back
from enquiries
join (values (30), (90), (365)) as lookback(days) on asked_days_back <= days
group by grouping sets ((buyer_id, days), (buyer_id, days, channel), (buyer_id, days, body), (buyer_id, days, price_band))
