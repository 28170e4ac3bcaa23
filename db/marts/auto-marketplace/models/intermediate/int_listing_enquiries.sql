-- Enquiries about a car, per car and period: the first days on offer, the last days before END, and all of them.
with enquiries as (
  select
    e.*, l.listed_days_back - e.asked_days_back as day_on_offer, b.budget_inr, b.has_exchange_car, b.preferred_body
  from {{ ref('int_leads') }} e
  join {{ ref('stg_listings') }} l using (listing_id)
  join {{ ref('stg_buyers') }} b on b.buyer_id = e.buyer_id
),
periods as (
  select *, unnest(list_filter([
    'ever',
    case when day_on_offer < 3 then 'first_3d' end,
    case when day_on_offer < 7 then 'first_7d' end,
    case when day_on_offer < 14 then 'first_14d' end,
    case when day_on_offer < 30 then 'first_30d' end,
    case when asked_days_back <= 7 then 'last_7d' end,
    case when asked_days_back <= 30 then 'last_30d' end
  ], x -> x is not null)) as period
  from enquiries
)
select
  listing_id, period,
  count(*) as enquiries,
  sum((channel = 'call')::integer)::bigint as calls,
  sum((channel = 'chat')::integer)::bigint as chats,
  sum((channel = 'whatsapp')::integer)::bigint as whatsapps,
  sum((channel = 'form')::integer)::bigint as forms,
  sum(coalesce(is_local_buyer, false)::integer)::bigint as local_enquiries,
  sum(is_returning_buyer::integer)::bigint as returning_enquiries,
  sum(is_weekend::integer)::bigint as weekend_enquiries,
  sum(has_exchange_car::integer)::bigint as exchange_enquiries,
  sum((preferred_body = body)::integer)::bigint as fitting_enquiries,
  sum((budget_inr >= asking_price)::integer)::bigint as affordable_enquiries,
  count(budget_inr) as budgets,
  sum(took_test_drive::integer)::bigint as test_drives,
  count(offer_inr) as offers,
  max(offer_inr) as best_offer,
  avg(offer_inr) as mean_offer,
  count(answer_minutes) as answered,
  sum(answer_minutes)::bigint as answer_minutes,
  sum((answer_minutes <= 60)::integer)::bigint as answered_in_1h,
  count(rating) as ratings,
  sum(rating)::bigint as stars,
  min(day_on_offer) as first_enquiry_day,
  min(asked_days_back) as last_enquiry_days_back,
  max(day_on_offer) as last_enquiry_day
from periods
group by listing_id, period
