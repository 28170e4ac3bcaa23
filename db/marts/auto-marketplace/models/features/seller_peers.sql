-- Sellers that have been written off do not count as peers.
with present as (
  select seller_id, city_id, seller_type from {{ ref('stg_sellers') }} where not has_left
),
compared as (
  select v.seller_id, v.measure, v.value, 'in_city' as peers, p.city_id as peer_group
  from {{ ref('int_seller_standing') }} v join present p using (seller_id)
  where p.city_id is not null
  union all
  select v.seller_id, v.measure, v.value, 'of_type', p.seller_type
  from {{ ref('int_seller_standing') }} v join present p using (seller_id)
  union all
  select v.seller_id, v.measure, v.value, 'in_city_of_type', p.city_id || ' ' || p.seller_type
  from {{ ref('int_seller_standing') }} v join present p using (seller_id)
  where p.city_id is not null
),
placed as (
  select seller_id, measure, peers, value,
    count(*) over of_group as group_size,
    percent_rank() over (partition by peers, peer_group, measure order by value) as rank_share,
    sum(value) over of_group as total,
    sum(value * value) over of_group as squares,
    median(value) over of_group as middle
  from compared
  window of_group as (partition by peers, peer_group, measure)
),
-- Five at least, or there is nothing to stand among.
scored as (
  select seller_id, measure, peers, group_size, rank_share,
    (value::double - total::double / group_size)
      / nullif(sqrt(greatest(0, squares::double / group_size - pow(total::double / group_size, 2))), 0) as z,
    value::double / nullif(middle, 0) as to_median
  from placed
  where group_size >= 5
)
select
  seller_id as SELLER_ID,
  {{ features() }},
  {{ stamp_column() }}
from scored
group by seller_id
