with wide as (
  select buyer_id,
  {{ features() }}
  from {{ ref('int_buyer_visits') }}
  where segment_by in ('body', 'price_band', 'fuel')
  group by buyer_id
)
select
  b.buyer_id as BUYER_ID,
  b.city_id as CITY_ID,
  b.area_id as AREA_ID,
  wide.* exclude (buyer_id),
  {{ stamp_column() }}
from wide
join {{ ref('stg_buyers') }} b using (buyer_id)
