{{ config(materialized='view') }}
select
  application_id, buyer_id, listing_id, product, amount_inr, tenure_months, rate_pct, bureau_band,
  employment, applied_at, decided_at, decision, disbursed_at, first_missed_at, updated_at,
  {{ days_back('applied_at') }} as applied_days_back,
  {{ days_back('disbursed_at') }} as disbursed_days_back,
  {{ days_back('first_missed_at') }} as first_missed_days_back,
  date_diff('day', applied_at, decided_at) as decision_days,
  amount_inr / tenure_months::double as principal_per_month
from {{ source('conformed', 'loan_applications') }}
