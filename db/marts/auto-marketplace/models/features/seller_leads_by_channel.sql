with divided as (
  select *, enquiries / nullif(sum(enquiries) over (partition by seller_id, days), 0)::double as enquiry_share
  from {{ ref('int_seller_enquiries') }} where segment_by = 'channel'
)
select
  seller_id as SELLER_ID,
  {{ features() }},
  {{ stamp_column() }}
from divided
group by seller_id
