-- Loan applications with what has come of them so far; 540 days hold all that the mart knows.
select
  *,
  -- Tells two applications of one moment apart.
  applied_at::varchar || application_id as applied_order,
  decision = 'approved' as is_approved,
  decision = 'declined' as is_declined,
  disbursed_at is not null as is_disbursed,
  first_missed_at is not null as is_missed,
  case bureau_band when 'poor' then 1 when 'fair' then 2 when 'good' then 3 when 'excellent' then 4 end as bureau_grade,
  -- Equal instalments: what has to be paid a month.
  amount_inr * (rate_pct / 1200) / nullif(1 - pow(1 + rate_pct / 1200, -tenure_months), 0) as instalment_inr
from {{ ref('stg_loan_applications') }}
