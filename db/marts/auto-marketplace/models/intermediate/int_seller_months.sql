-- What was known of a seller and closed month when its figures were written: a visit that was received later, and an opening, answer or
-- test drive that came later, is in no month. Rows begin with the first whole month and stop half a year after the seller left.
with lives as (
  select s.seller_id, s.city_id, s.onboarded_at, m.*
  from {{ ref('stg_sellers') }} s
  join {{ ref('int_months') }} m
    on s.onboarded_at < m.first_day::timestamp
    and coalesce(s.left_at, {{ end_at() }}) > m.first_day::timestamp - interval 180 days
),
traffic as (
  select
    seller_id, month as first_day,
    count(*) as visits,
    {% for device in ['app', 'mobile_web', 'desktop'] -%}
    count(*) filter (device = '{{ device }}') as {{ device }}_visits,
    {% endfor -%}
    {% for origin in ['search', 'direct', 'ads', 'social', 'email'] -%}
    count(*) filter (traffic_source = '{{ origin }}') as {{ origin }}_visits,
    {% endfor -%}
    count(*) filter (is_new_visitor) as newcomer_visits,
    count(buyer_id) as signed_in_visits,
    count(*) filter (daypart = 'night') as night_visits,
    count(*) filter (is_weekend) as weekend_visits,
    count(*) filter (is_bounce) as one_page_visits,
    count(distinct days_back) as visited_days,
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
    sum(contacts) as contact_attempts
  from {{ ref('stg_sessions') }} join {{ ref('int_months') }} m on month = m.first_day
  where received_at < m.written_at
  group by seller_id, month
),
acts as (
  select seller_id, month as first_day, sum(logins) as logins, sum(price_edits) as price_edits, sum(photo_uploads) as photo_uploads
  from {{ ref('stg_seller_actions') }} join {{ ref('int_months') }} m on month = m.first_day
  where received_at < m.written_at
  group by seller_id, month
),
supply as (
  select
    seller_id, listed_month as first_day, count(*) as new_listings, sum(asking_price) as new_listing_value,
    count(*) filter (is_inspected) as inspected_listings, count(*) filter (is_boosted) as boosted_listings, sum(photos) as listing_photos
  from {{ ref('stg_listings') }}
  group by seller_id, listed_month
),
sales as (
  select
    seller_id, ended_month as first_day,
    count(*) filter (is_sold) as cars_sold,
    coalesce(sum(sold_price) filter (is_sold), 0) as turnover,
    coalesce(sum(asking_price) filter (is_sold), 0) as asked_for_sold,
    coalesce(sum(days_on_offer) filter (is_sold), 0) as days_of_sold,
    count(*) filter (listing_status = 'expired') as expired_listings,
    count(*) filter (listing_status = 'withdrawn') as withdrawn_listings,
    {% for body in ['hatchback', 'sedan', 'suv', 'mpv'] -%}
    count(*) filter (is_sold and body = '{{ body }}') as {{ body }}_sold{{ ',' if not loop.last }}
    {% endfor -%}
  from {{ ref('stg_listings') }}
  where ended_at is not null
  group by seller_id, ended_month
),
prices as (
  select seller_id, {{ local_month('changed_at') }} as first_day, count(*) filter (is_drop) as price_drops
  from {{ ref('stg_price_changes') }}
  group by all
),
demand as (
  select
    seller_id, asked_month as first_day,
    count(*) as enquiries,
    {% for channel in ['call', 'chat', 'whatsapp', 'form'] -%}
    count(*) filter (channel = '{{ channel }}') as {{ channel }}_enquiries,
    {% endfor -%}
    count(*) filter (is_weekend) as weekend_enquiries,
    count(*) filter (took_test_drive and updated_at < m.written_at) as test_drives,
    count(*) filter (made_offer and updated_at < m.written_at) as offers,
    count(*) filter (answered_at < m.written_at) as answered,
    count(*) filter (answer_minutes <= 60 and answered_at < m.written_at) as answered_in_hour,
    coalesce(sum(answer_minutes) filter (answered_at < m.written_at), 0) as answer_minutes,
    count(rating) filter (updated_at < m.written_at) as ratings,
    coalesce(sum(rating) filter (updated_at < m.written_at), 0) as stars,
    count(distinct buyer_id) as askers
  from {{ ref('stg_leads') }} join {{ ref('int_months') }} m on asked_month = m.first_day
  group by seller_id, asked_month
),
outreach as (
  select
    seller_id, sent_month as first_day,
    count(*) as messages,
    {% for step in ['delivered', 'opened', 'clicked', 'replied', 'converted'] -%}
    count(*) filter ({{ step }}_at < m.written_at) as messages_{{ step }},
    {% endfor -%}
    {% for channel in ['whatsapp', 'email', 'sms', 'push'] -%}
    count(*) filter (channel = '{{ channel }}') as {{ channel }}_messages,
    {% endfor -%}
    sum(cost_paise) as message_paise,
    coalesce(sum(seconds_to_open) filter (opened_at < m.written_at), 0) as seconds_to_open,
    coalesce(sum(reply_words) filter (replied_at < m.written_at), 0) as words_replied
  from {{ ref('stg_messages') }} join {{ ref('int_months') }} m on sent_month = m.first_day
  group by seller_id, sent_month
),
payments as (
  select
    seller_id, paid_month as first_day, count(*) as payments, sum(amount_inr) as paid_inr, sum(months) as months_paid,
    count(*) filter (is_late) as late_payments, count(*) filter (discount_pct > 0) as discounted_payments
  from {{ ref('stg_renewals') }}
  group by seller_id, paid_month
),
stocks as (
  select l.seller_id, l.first_day, count(*) as stock, sum(asking_price) as stock_value
  from lives l
  join {{ ref('stg_listings') }} o
    on o.seller_id = l.seller_id and o.listed_at < l.month_closed_at
    and (o.ended_at is null or o.ended_at >= l.month_closed_at)
  group by l.seller_id, l.first_day
)
select
  {% set parts = {
    'traffic': ['visits', 'app_visits', 'mobile_web_visits', 'desktop_visits', 'search_visits', 'direct_visits', 'ads_visits',
      'social_visits', 'email_visits', 'newcomer_visits', 'signed_in_visits', 'night_visits', 'weekend_visits', 'one_page_visits',
      'visited_days', 'visit_seconds', 'impressions', 'views', 'photos_opened', 'favourites', 'shares', 'comparisons',
      'call_taps', 'chats', 'forms_begun', 'forms_sent', 'contact_attempts'],
    'acts': ['logins', 'price_edits', 'photo_uploads'],
    'supply': ['new_listings', 'new_listing_value', 'inspected_listings', 'boosted_listings', 'listing_photos'],
    'sales': ['cars_sold', 'turnover', 'asked_for_sold', 'days_of_sold', 'expired_listings', 'withdrawn_listings',
      'hatchback_sold', 'sedan_sold', 'suv_sold', 'mpv_sold'],
    'prices': ['price_drops'],
    'demand': ['enquiries', 'call_enquiries', 'chat_enquiries', 'whatsapp_enquiries', 'form_enquiries', 'weekend_enquiries',
      'test_drives', 'offers', 'answered', 'answered_in_hour', 'answer_minutes', 'ratings', 'stars', 'askers'],
    'outreach': ['messages', 'messages_delivered', 'messages_opened', 'messages_clicked', 'messages_replied', 'messages_converted',
      'whatsapp_messages', 'email_messages', 'sms_messages', 'push_messages', 'message_paise', 'seconds_to_open', 'words_replied'],
    'payments': ['payments', 'paid_inr', 'months_paid', 'late_payments', 'discounted_payments'],
    'stocks': ['stock', 'stock_value']
  } -%}
  {% for part, sums in parts.items() -%}
  {% for sum in sums -%}
  coalesce({{ part }}.{{ sum }}, 0)::bigint as {{ sum }},
  {% endfor -%}
  {% endfor -%}
  l.*
from lives l
{% for part in ['traffic', 'acts', 'supply', 'sales', 'prices', 'demand', 'outreach', 'payments', 'stocks'] -%}
left join {{ part }} on {{ part }}.seller_id = l.seller_id and {{ part }}.first_day = l.first_day
{% endfor %}
