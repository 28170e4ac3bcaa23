-- Signed-in buyers who visited a seller's pages in a window, with what they did there and who they are.
with visits as (
  select seller_id, buyer_id, {{ lookback_step('days_back') }} as step, count(*) as visits, sum(contacts) as contacts
  from {{ ref('stg_sessions') }}
  where buyer_id is not null and days_back between 1 and 365
  group by all
),
summed as (
  select seller_id, buyer_id, days, sum(visits)::bigint as visits, sum(contacts)::bigint as contacts
  from visits
  join {{ lookbacks() }} on step <= days
  where days >= 30
  group by all
)
select
  v.*, b.budget_inr, b.has_exchange_car, b.uses_app,
  'income_' || coalesce(b.income_band, 'untold') as income,
  'age_' || replace(replace(b.age_band, '-', '_'), '+', '_plus') as age,
  'work_' || b.occupation as work,
  'taste_' || coalesce(b.preferred_body, 'open') as taste,
  case when b.city_id = s.city_id then 'home_same_city' when b.city_id <> s.city_id then 'home_elsewhere' else 'home_unknown' end as home
from summed v
join {{ ref('stg_buyers') }} b using (buyer_id)
join {{ ref('stg_sellers') }} s using (seller_id)
