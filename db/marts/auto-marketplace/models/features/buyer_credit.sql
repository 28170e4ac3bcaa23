with windows as (
  select buyer_id,
  {{ features('windows') }}
  from {{ ref('int_buyer_credit') }}
  group by buyer_id
),
loans as (
  select *, min(case when is_approved then applied_days_back end) over (partition by buyer_id) as last_approved_days_back
  from {{ ref('int_buyer_loans') }}
),
standing as (
  select buyer_id,
  {{ features('standing') }}
  from loans
  group by buyer_id
)
select
  b.buyer_id as BUYER_ID,
  b.city_id as CITY_ID,
  b.area_id as AREA_ID,
  windows.* exclude (buyer_id),
  standing.* exclude (buyer_id),
  {{ stamp_column() }}
from windows
join standing using (buyer_id)
join {{ ref('stg_buyers') }} b using (buyer_id)
