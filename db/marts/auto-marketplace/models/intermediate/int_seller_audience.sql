-- The signed-in buyers behind the visits, per seller, way of dividing them, segment and window.
select
  seller_id, days,
  case when grouping(income) = 0 then 'income' when grouping(age) = 0 then 'age' when grouping(work) = 0 then 'work'
    when grouping(taste) = 0 then 'taste' when grouping(home) = 0 then 'home' else 'all' end as segment_by,
  coalesce(income, age, work, taste, home, 'all') as segment,
  count(*) as buyers,
  sum(visits)::bigint as visits,
  sum(contacts)::bigint as contacts,
  count(case when contacts > 0 then 1 end) as contacting_buyers,
  count(case when visits >= 2 then 1 end) as repeat_buyers,
  count(case when visits >= 4 then 1 end) as regular_buyers,
  count(case when has_exchange_car then 1 end) as exchange_buyers,
  count(case when uses_app then 1 end) as app_buyers,
  avg(budget_inr::decimal(18, 0)) as mean_budget,
  quantile_cont(budget_inr, [0.25, 0.5, 0.75]) as budget_at,
  max(visits) as most_visits
from {{ ref('int_seller_buyers') }}
group by grouping sets (
  (seller_id, days), (seller_id, days, income), (seller_id, days, age), (seller_id, days, work), (seller_id, days, taste),
  (seller_id, days, home)
)
