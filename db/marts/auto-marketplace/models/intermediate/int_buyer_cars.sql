-- Cars that a buyer came across, per buyer, car and window: visited, saved or asked about.
with visits as (
  select
    buyer_id, listing_id, days_back, 1 as visits, seconds, saves, contacts, 0 as enquiries, null::bigint as offer_inr
  from {{ ref('stg_sessions') }}
  where buyer_id is not null and listing_id is not null and days_back between 1 and 365
),
enquiries as (
  select buyer_id, listing_id, asked_days_back as days_back, 0 as visits, 0 as seconds, 0 as saves, 0 as contacts, 1 as enquiries, offer_inr
  from {{ ref('stg_leads') }}
  where asked_days_back between 1 and 365
),
summed as (
  select
    buyer_id, listing_id, days,
    sum(visits)::bigint as visits, sum(seconds)::bigint as visit_seconds, sum(saves)::bigint as saves, sum(contacts)::bigint as contacts,
    sum(enquiries)::bigint as enquiries, max(offer_inr) as offer_inr
  from (from visits union all from enquiries)
  join (values (7), (30), (90), (365)) as lookback(days) on days_back <= days
  group by buyer_id, listing_id, days
)
select
  s.*, l.seller_id, l.city_id, l.make, l.model, l.body, l.asking_price, l.age_years, l.kilometres, l.price_to_fair, l.is_active, l.is_sold
from summed s
join {{ ref('stg_listings') }} l using (listing_id)
