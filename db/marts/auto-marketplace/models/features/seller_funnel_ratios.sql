with steps as (
  select * from {{ ref('int_seller_visits') }} where segment_by in ('all', 'acquaintance', 'account')
),
visited as (
  select seller_id,
  {{ features('visited') }}
  from steps
  group by seller_id
),
-- How far the same windows went on after the visit: enquiry, test drive, offer, sale.
asked as (
  select v.seller_id,
  {{ features('asked') }}
  from steps v
  left join {{ ref('int_seller_enquiries') }} e on e.seller_id = v.seller_id and e.days = v.days and e.segment_by = 'all'
  left join {{ ref('int_seller_sales') }} s on s.seller_id = v.seller_id and s.days = v.days and s.segment_by = 'all'
  where v.segment_by = 'all'
  group by v.seller_id
)
select
  visited.seller_id as SELLER_ID,
  visited.* exclude (seller_id), asked.* exclude (seller_id),
  {{ stamp_column() }}
from visited
join asked using (seller_id)
