-- Enquiries of buyers, per seller, way of dividing them, segment and window.
with enquiries as (
  select
    e.seller_id, e.listing_id, {{ lookback_step('e.asked_days_back') }} as step,
    e.channel, e.body, e.price_band, e.daypart, case when e.is_weekend then 'weekend' else 'working_days' end as week_part,
    e.answer_minutes, e.took_test_drive, e.offer_inr, e.asking_price, e.rating,
    e.is_local_buyer as is_local, b.has_exchange_car
  from {{ ref('int_leads') }} e
  join {{ ref('stg_buyers') }} b using (buyer_id)
  where e.asked_days_back between 1 and 365
),
looked_back as (
  select *, step <= days as is_within, case when step <= days then answer_minutes end as minutes
  from enquiries
  join {{ lookbacks() }} on step <= 2 * days
)
{% for segment_by in ['all', 'channel', 'body', 'price_band', 'daypart', 'week_part'] -%}
select
  seller_id, days, {{ segment_columns(segment_by) }},
  count(case when is_within then 1 end) as enquiries,
  count(case when not is_within then 1 end) as enquiries_before,
  count(distinct case when is_within then listing_id end) as cars_asked_about,
  count(minutes) as answered,
  count(case when is_within and answer_minutes is null then 1 end) as unanswered,
  count(case when minutes <= 5 then 1 end) as answered_in_5m,
  count(case when minutes <= 15 then 1 end) as answered_in_15m,
  count(case when minutes <= 60 then 1 end) as answered_in_1h,
  count(case when minutes <= 240 then 1 end) as answered_in_4h,
  count(case when minutes <= 1440 then 1 end) as answered_in_24h,
  sum(minutes) as minutes,
  min(minutes) as fastest_minutes,
  max(minutes) as slowest_minutes,
  quantile_cont(minutes, [0.1, 0.25, 0.5, 0.75, 0.9]) as minutes_at,
  median(case when not is_within then answer_minutes end) as median_minutes_before,
  count(case when is_within and took_test_drive then 1 end) as test_drives,
  count(case when is_within then offer_inr end) as offers,
  sum(case when is_within then offer_inr end) as offered_inr,
  sum(case when is_within and offer_inr is not null then asking_price end) as asked_of_offers_inr,
  count(case when is_within then rating end) as ratings,
  sum(case when is_within then rating end) as stars,
  count(case when is_within and is_local then 1 end) as local_enquiries,
  count(case when is_within and has_exchange_car then 1 end) as exchange_enquiries,
  sum(case when is_within then asking_price end) as asked_about_inr
from looked_back
{{ group_by_segment('seller_id, days', segment_by, loop.last) }}
{% endfor %}
