with moves as (
  select * from {{ ref('int_seller_price_moves') }}
)
select
  seller_id as SELLER_ID,
  {{ features() }},
  {{ stamp_column() }}
from moves
group by seller_id
