with visits as (
  select buyer_id, max(started_at) as last_at from {{ ref('stg_sessions') }} where buyer_id is not null group by buyer_id
),
enquiries as (
  select buyer_id, max(asked_at) as last_at from {{ ref('stg_leads') }} group by buyer_id
),
loans as (
  select distinct buyer_id from {{ ref('stg_loan_applications') }}
)
select
  b.buyer_id as BUYER_ID,
  b.city_id as CITY_ID,
  b.area_id as AREA_ID,
  b.joined_at::date as BUYER_JOINED_ON,
  b.joined_days_back as BUYER_TENURE_DAYS,
  b.age_band as AGE_BAND,
  b.occupation as BUYER_OCCUPATION,
  b.income_band as INCOME_BAND,
  b.preferred_body as PREFERRED_BODY,
  b.budget_inr::bigint as BUDGET_INR,
  case when b.budget_inr is not null then {{ price_band('b.budget_inr') }} end as BUDGET_BAND,
  b.has_exchange_car as HAS_EXCHANGE_CAR,
  b.uses_app as USES_APP,
  enquiries.buyer_id is not null as HAS_ASKED,
  loans.buyer_id is not null as HAS_APPLIED_FOR_LOAN,
  greatest(visits.last_at, enquiries.last_at)::date as BUYER_LAST_SEEN_ON,
  {{ stamp_column() }}
from {{ ref('stg_buyers') }} b
left join visits using (buyer_id)
left join enquiries using (buyer_id)
left join loans using (buyer_id)
