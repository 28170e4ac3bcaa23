with asked as (
  -- Every buyer who asked the seller, once, by the latest time.
  select seller_id, buyer_id, min(asked_days_back) as asked_days_back
  from {{ ref('stg_leads') }}
  where asked_days_back <= 365
  group by seller_id, buyer_id
),
applied as (
  select buyer_id, min(case when product = 'personal' then applied_days_back end) as personal_days_back,
    min(applied_days_back) as any_days_back, min(case when decision = 'approved' then applied_days_back end) as approved_days_back
  from {{ ref('stg_loan_applications') }}
  group by buyer_id
),
loans as (
  select *, sum(applications) over (partition by seller_id, segment_by, days) as all_applications
  from {{ ref('int_seller_loans') }}
),
lent as (
  select seller_id,
  {{ features('lent') }}
  from loans
  group by seller_id
),
asking as (
  select seller_id,
  {{ features('asking') }}
  from lent
  left join asked using (seller_id)
  left join applied using (buyer_id)
  group by seller_id
)
select
  seller_id as SELLER_ID,
  lent.* exclude (seller_id), asking.* exclude (seller_id),
  {{ stamp_column() }}
from lent
join asking using (seller_id)
