-- Enquiries of buyers, per seller, way of dividing them, segment and window.
with enquiries as (
  select
    e.seller_id, e.buyer_id, e.listing_id, e.asked_days_back, {{ lookback_step('e.asked_days_back') }} as step,
    e.channel, e.body, e.price_band, e.daypart, case when e.is_weekend then 'weekend' else 'working_days' end as week_part,
    e.answer_minutes, e.took_test_drive, e.offer_inr, e.asking_price, e.rating,
    e.is_local_buyer as is_local, b.has_exchange_car, b.budget_inr
  from {{ ref('int_leads') }} e
  join {{ ref('stg_buyers') }} b using (buyer_id)
  where e.asked_days_back between 1 and 365
),
looked_back as (
  select *, step <= days as is_within, case when step <= days then answer_minutes end as minutes
  from enquiries
  join {{ lookbacks() }} on step <= 2 * days
)
select
  seller_id, days,
  case when grouping(channel) = 0 then 'channel' when grouping(body) = 0 then 'body'
    when grouping(price_band) = 0 then 'price_band' when grouping(daypart) = 0 then 'daypart'
    when grouping(week_part) = 0 then 'week_part' else 'all' end as segment_by,
  coalesce(channel, body, price_band, daypart, week_part, 'all') as segment,
  count(*) filter (is_within) as enquiries,
  count(*) filter (not is_within) as enquiries_before,
  count(distinct buyer_id) filter (is_within) as buyers,
  count(distinct listing_id) filter (is_within) as cars_asked_about,
  count(minutes) as answered,
  count(*) filter (is_within and answer_minutes is null) as unanswered,
  count(*) filter (minutes <= 5) as answered_in_5m,
  count(*) filter (minutes <= 15) as answered_in_15m,
  count(*) filter (minutes <= 60) as answered_in_1h,
  count(*) filter (minutes <= 240) as answered_in_4h,
  count(*) filter (minutes <= 1440) as answered_in_24h,
  sum(minutes) as minutes,
  min(minutes) as fastest_minutes,
  max(minutes) as slowest_minutes,
  quantile_cont(minutes, [0.1, 0.25, 0.5, 0.75, 0.9]) as minutes_at,
  quantile_cont(answer_minutes, 0.5) filter (not is_within) as median_minutes_before,
  count(*) filter (is_within and took_test_drive) as test_drives,
  count(*) filter (not is_within and took_test_drive) as test_drives_before,
  count(offer_inr) filter (is_within) as offers,
  sum(offer_inr) filter (is_within) as offered_inr,
  sum(asking_price) filter (is_within and offer_inr is not null) as asked_of_offers_inr,
  max(offer_inr) filter (is_within) as best_offer_inr,
  count(rating) filter (is_within) as ratings,
  sum(rating) filter (is_within) as stars,
  count(*) filter (is_within and rating <= 2) as poor_ratings,
  count(*) filter (is_within and is_local) as local_enquiries,
  count(*) filter (is_within and has_exchange_car) as exchange_enquiries,
  sum(asking_price) filter (is_within) as asked_about_inr,
  count(budget_inr) filter (is_within) as budgets,
  sum(budget_inr) filter (is_within) as budget_inr,
  count(*) filter (is_within and budget_inr >= asking_price) as affordable_enquiries,
  min(asked_days_back) as last_asked_days_back
from looked_back
group by grouping sets (
  (seller_id, days), (seller_id, days, channel), (seller_id, days, body), (seller_id, days, price_band),
  (seller_id, days, daypart), (seller_id, days, week_part)
)
