with cars as (
  select * from {{ ref('int_seller_pricing') }}
)
select
  seller_id as SELLER_ID,
  {{ features() }},
  {{ stamp_column() }}
from cars
group by seller_id
