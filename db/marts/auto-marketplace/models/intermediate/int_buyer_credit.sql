-- Loan applications per buyer, product and window.
select
  buyer_id, days, coalesce(product, 'all') as segment,
  count(*) as applications,
  sum(is_approved::integer)::bigint as approved,
  sum(is_declined::integer)::bigint as declined,
  sum((decision = 'withdrawn')::integer)::bigint as withdrawn,
  sum(is_disbursed::integer)::bigint as disbursed,
  sum(is_missed::integer)::bigint as missed,
  sum(amount_inr)::bigint as amount_inr,
  sum(case when is_approved then amount_inr end)::bigint as approved_inr,
  sum(case when is_disbursed then amount_inr end)::bigint as disbursed_inr,
  max(amount_inr) as greatest_inr,
  round(avg(rate_pct), 9) as mean_rate,
  min(rate_pct) as least_rate,
  avg(tenure_months) as mean_tenure,
  round(avg(instalment_inr), 9) as mean_instalment,
  avg(decision_days) as decision_days
from {{ ref('int_buyer_loans') }}
join (values (90), (180), (365), (540)) as lookback(days) on applied_days_back between 1 and days
group by grouping sets ((buyer_id, days), (buyer_id, days, product))
