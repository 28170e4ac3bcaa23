with answering as (
  select * from {{ ref('int_seller_enquiries') }} where segment_by in ('all', 'channel', 'daypart', 'week_part')
)
select
  seller_id as SELLER_ID,
  {{ features() }},
  {{ stamp_column() }}
from answering
group by seller_id
