with messages as (
  select *, sum(sent) over of_seller as all_sent, sum(opened) over of_seller as all_opened
  from {{ ref('int_seller_messages') }}
  where segment_by = 'goal'
  window of_seller as (partition by seller_id, days)
)
select
  seller_id as SELLER_ID,
  {{ features() }},
  {{ stamp_column() }}
from messages
where days in (30, 90, 180, 365)
group by seller_id
