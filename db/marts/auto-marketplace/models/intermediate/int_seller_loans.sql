-- Applications for loans on a seller's cars, per seller, way of dividing them, segment and window.
with applications as (
  select
    c.seller_id, days, a.buyer_id, a.listing_id, 'bureau_' || coalesce(a.bureau_band, 'unknown') as bureau,
    'work_' || a.employment as work, case when a.tenure_months <= 24 then 'short' when a.tenure_months <= 48 then 'medium' else 'long' end as term,
    a.amount_inr, a.tenure_months, a.rate_pct, a.decision, a.decision_days, c.asking_price,
    a.disbursed_at, a.first_missed_at
  from {{ ref('stg_loan_applications') }} a
  join {{ ref('int_seller_cars') }} c using (listing_id)
  join {{ lookbacks() }} on a.applied_days_back between 1 and days
  where days >= 90
)
select
  seller_id, days,
  case when grouping(bureau) = 0 then 'bureau' when grouping(work) = 0 then 'work' when grouping(term) = 0 then 'term' else 'all' end
    as segment_by,
  coalesce(bureau, work, term, 'all') as segment,
  count(*) as applications,
  count(distinct buyer_id) as applicants,
  count(distinct listing_id) as cars,
  sum(amount_inr) as amount_inr,
  median(amount_inr) as median_amount,
  count(case when decision in ('approved', 'declined') then 1 end) as decided,
  count(case when decision = 'approved' then 1 end) as approved,
  count(case when decision = 'declined' then 1 end) as declined,
  count(disbursed_at) as paid_out,
  sum(case when disbursed_at is not null then amount_inr end) as paid_out_inr,
  count(first_missed_at) as missed,
  sum(asking_price) as asking_inr,
  avg(rate_pct::decimal(9, 4)) as mean_rate,
  sum(tenure_months) as tenure_months,
  sum(decision_days) as decision_days,
  count(decision_days) as timed
from applications
group by grouping sets ((seller_id, days), (seller_id, days, bureau), (seller_id, days, work), (seller_id, days, term))
