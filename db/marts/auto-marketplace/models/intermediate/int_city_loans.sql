-- Loan applications of a city's buyers, per way of dividing them, segment and window.
with loans as (
  select l.*, b.city_id, 'bureau_' || coalesce(l.bureau_band, 'unknown') as bureau, 'work_' || l.employment as work
  from {{ ref('int_buyer_loans') }} l
  join {{ ref('stg_buyers') }} b using (buyer_id)
  where b.city_id is not null
)
select
  city_id, days, coalesce(product, bureau, work, 'all') as segment,
  count(*) as applications,
  count(distinct buyer_id) as applicants,
  sum(is_approved::integer)::bigint as approved,
  sum(is_declined::integer)::bigint as declined,
  sum(is_disbursed::integer)::bigint as disbursed,
  sum(is_missed::integer)::bigint as missed,
  sum(amount_inr)::bigint as amount_inr,
  sum(case when is_approved then amount_inr end)::bigint as approved_inr,
  sum(case when is_disbursed then amount_inr end)::bigint as disbursed_inr,
  median(amount_inr) as median_amount,
  round(avg(rate_pct), 9) as mean_rate,
  min(rate_pct) as least_rate,
  avg(tenure_months) as mean_tenure,
  round(avg(instalment_inr), 9) as mean_instalment,
  avg(decision_days) as decision_days
from loans
join (values (180), (365), (540)) as lookback(days) on applied_days_back between 1 and days
group by grouping sets ((city_id, days), (city_id, days, product), (city_id, days, bureau), (city_id, days, work))
