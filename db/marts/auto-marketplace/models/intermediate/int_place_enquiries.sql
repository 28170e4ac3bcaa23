-- Enquiries of buyers about cars that stand in a city or an area, per way of dividing them, segment and window.
with enquiries as (
  select
    l.city_id, l.area_id, {{ lookback_step('e.asked_days_back') }} as step, e.channel, e.body, e.price_band,
    e.answer_minutes, e.took_test_drive, e.offer_inr, e.asking_price, e.rating, coalesce(e.is_local_buyer, false) as is_local,
    b.has_exchange_car, b.budget_inr
  from {{ ref('int_leads') }} e
  join {{ ref('stg_listings') }} l using (listing_id)
  join {{ ref('stg_buyers') }} b on b.buyer_id = e.buyer_id
  where e.asked_days_back between 1 and 365 and l.city_id is not null
),
looked_back as (
  select * from enquiries join {{ lookbacks() }} on step <= days where days >= 30
),
summed as (
  select
    {{ place_columns() }}, days,
    case when grouping(channel) = 0 then 'channel' when grouping(body) = 0 then 'body'
      when grouping(price_band) = 0 then 'price_band' else 'all' end as segment_by,
    coalesce(channel, body, price_band, 'all') as segment,
    count(*) as enquiries,
    count(answer_minutes) as answered,
    sum(answer_minutes)::bigint as answer_minutes,
    sum((answer_minutes <= 60)::integer)::bigint as answered_in_1h,
    sum(took_test_drive::integer)::bigint as test_drives,
    count(offer_inr) as offers,
    sum(offer_inr)::bigint as offered_inr,
    sum(case when offer_inr is not null then asking_price end)::bigint as asked_of_offers,
    sum(is_local::integer)::bigint as local_enquiries,
    sum(has_exchange_car::integer)::bigint as exchange_enquiries,
    sum(asking_price)::bigint as asked_about_inr,
    count(budget_inr) as budgets,
    sum((budget_inr >= asking_price)::integer)::bigint as affordable,
    count(rating) as ratings,
    sum(rating)::bigint as stars
  from looked_back
  group by grouping sets (
    (city_id, days), (city_id, days, channel), (city_id, days, body), (city_id, days, price_band),
    (area_id, days), (area_id, days, body), (area_id, days, price_band)
  )
)
select *, enquiries / sum(enquiries) over (partition by place_kind, place_id, segment_by, days) as share
from summed
where place_id is not null
