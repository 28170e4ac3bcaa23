with visits as (
  select * from {{ ref('int_seller_visits') }} where segment_by = 'daypart'
)
select
  seller_id as SELLER_ID,
  {{ features() }},
  {{ stamp_column() }}
from visits
group by seller_id
