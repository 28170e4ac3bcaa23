with divided as (
  select *, sum(enquiries) over (partition by seller_id, days) as all_enquiries
  from {{ ref('int_seller_enquiries') }} where segment_by = 'price_band'
)
select
  seller_id as SELLER_ID,
  {{ features() }},
  {{ stamp_column() }}
from divided
group by seller_id
