with audience as (
  select *, sum(buyers) over of_seller as all_buyers
  from {{ ref('int_seller_audience') }}
  window of_seller as (partition by seller_id, segment_by, days)
)
select
  seller_id as SELLER_ID,
  {{ features() }},
  {{ stamp_column() }}
from audience
group by seller_id
