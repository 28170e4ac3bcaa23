-- Payments for a plan, per seller, way of dividing them, segment and window.
with payments as (
  select *, 'plan_' || plan as paid_plan, 'by_' || method as paid_by
  from {{ ref('stg_renewals') }}
  join (values (90), (180), (365), (730)) as lookback(days) on paid_days_back between 1 and days
)
select
  seller_id, days,
  case when grouping(paid_plan) = 0 then 'plan' when grouping(paid_by) = 0 then 'method' else 'all' end as segment_by,
  coalesce(paid_plan, paid_by, 'all') as segment,
  count(*) as payments,
  sum(amount_inr) as paid_inr,
  sum(months) as months,
  count(case when is_late then 1 end) as late,
  count(case when is_automatic then 1 end) as automatic,
  count(case when discount_pct > 0 then 1 end) as discounted,
  sum(discount_pct) as discount_pct
from payments
group by grouping sets ((seller_id, days), (seller_id, days, paid_plan), (seller_id, days, paid_by))
