-- Registered buyers of a city or an area, per way of dividing them and segment.
with visits as (
  select buyer_id, min(days_back) as last_visit_days_back from {{ ref('stg_sessions') }} where buyer_id is not null group by buyer_id
),
enquiries as (
  select buyer_id, min(asked_days_back) as last_asked_days_back, count(*) as enquiries from {{ ref('stg_leads') }} group by buyer_id
),
loans as (
  select buyer_id, count(*) as loans from {{ ref('stg_loan_applications') }} group by buyer_id
),
buyers as (
  select
    b.*, 'age_' || replace(replace(b.age_band, '-', '_'), '+', '_plus') as age, 'work_' || b.occupation as work,
    'income_' || coalesce(b.income_band, 'untold') as income, 'wants_' || coalesce(b.preferred_body, 'any') as wish,
    v.last_visit_days_back, e.last_asked_days_back, coalesce(e.enquiries, 0) as enquiries, coalesce(l.loans, 0) as loans
  from {{ ref('stg_buyers') }} b
  left join visits v using (buyer_id)
  left join enquiries e using (buyer_id)
  left join loans l using (buyer_id)
  where b.city_id is not null
),
summed as (
  select
    {{ place_columns() }},
    case when grouping(age) = 0 then 'age' when grouping(work) = 0 then 'work' when grouping(income) = 0 then 'income'
      when grouping(wish) = 0 then 'wish' else 'all' end as segment_by,
    coalesce(age, work, income, wish, 'all') as segment,
    count(*) as buyers,
    sum((joined_days_back <= 90)::integer)::bigint as joined_90d,
    sum((joined_days_back <= 365)::integer)::bigint as joined_365d,
    sum(coalesce(last_visit_days_back <= 30, false)::integer)::bigint as active_30d,
    sum(coalesce(last_visit_days_back <= 90, false)::integer)::bigint as active_90d,
    sum(coalesce(last_asked_days_back <= 90, false)::integer)::bigint as asked_90d,
    sum((loans > 0)::integer)::bigint as borrowers,
    sum(enquiries)::bigint as enquiries,
    sum(has_exchange_car::integer)::bigint as exchangers,
    sum(uses_app::integer)::bigint as app_users,
    count(budget_inr) as budgets,
    sum(budget_inr)::bigint as budget_inr,
    median(budget_inr) as median_budget
  from buyers
  group by grouping sets (
    (city_id), (city_id, age), (city_id, work), (city_id, income), (city_id, wish),
    (area_id), (area_id, age), (area_id, work), (area_id, income), (area_id, wish)
  )
)
select *, buyers / sum(buyers) over (partition by place_kind, place_id, segment_by)::double as share
from summed
where place_id is not null
