with payments as (
  select *, date_diff('day', {{ end_day() }}, (paid_at + to_months(months::integer))::date) as days_ahead
  from {{ ref('stg_renewals') }}
),
ever as (
  select seller_id,
  {{ features('ever') }}
  from payments
  group by seller_id
),
paid as (
  select seller_id,
  {{ features('paid') }}
  from ever
  left join {{ ref('int_seller_payments') }} using (seller_id)
  group by seller_id
),
plans as (
  select *,
    case new_plan when 'free' then 0 when 'silver' then 1 when 'gold' then 2 else 3 end as new_rank,
    case old_plan when 'free' then 0 when 'silver' then 1 when 'gold' then 2 when 'platinum' then 3 end as old_rank
  from {{ ref('stg_plan_changes') }}
),
changed as (
  select seller_id,
  {{ features('changed') }}
  from plans
  group by seller_id
)
select
  ever.seller_id as SELLER_ID,
  ever.* exclude (seller_id), paid.* exclude (seller_id), changed.* exclude (seller_id),
  {{ stamp_column() }}
from ever
join paid using (seller_id)
left join changed using (seller_id)
