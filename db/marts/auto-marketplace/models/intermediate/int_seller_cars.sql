-- A seller's cars with what the market pays for such a car, how often the price was moved and how many asked.
with market as (
  -- The latest month that is out.
  select make, model, age_years, median_price_inr from {{ ref('stg_market_prices') }} where months_back = 0
),
moves as (
  select listing_id, count(*) as moves, count(*) filter (is_drop) as drops, arg_max(new_price, changed_at) as last_price,
    max(changed_days_back) as first_move_days_back
  from {{ ref('stg_price_changes') }} group by listing_id
),
asked as (
  select listing_id, count(*) as enquiries from {{ ref('stg_leads') }} group by listing_id
)
select
  l.seller_id, l.listing_id, regexp_replace(lower(l.make), '[^a-z0-9]+', '_', 'g') as make, l.body, l.fuel, l.price_band,
  case when l.age_years <= 2 then 'upto_2y' when l.age_years <= 4 then '3_to_4y' when l.age_years <= 7 then '5_to_7y'
    when l.age_years <= 10 then '8_to_10y' else 'over_10y' end as age_band,
  l.listed_days_back, l.ended_days_back, l.listing_status, l.is_active, l.is_sold, l.days_on_offer, l.age_years, l.kilometres,
  l.asking_price, l.fair_price, l.sold_price, l.price_to_fair, m.median_price_inr as market_price, l.photos,
  l.is_inspected, l.is_boosted,
  coalesce(p.moves, 0) as moves, coalesce(p.drops, 0) as drops, coalesce(p.last_price, l.asking_price) as price_now,
  l.listed_days_back - p.first_move_days_back as days_to_first_move,
  coalesce(a.enquiries, 0) as enquiries
from {{ ref('stg_listings') }} l
left join market m on m.make = l.make and m.model = l.model and m.age_years = l.age_years
left join moves p using (listing_id)
left join asked a using (listing_id)
