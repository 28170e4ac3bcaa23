with around as (
  select * from {{ source('augment', 'seller_densities') }}
),
gridded as (
  select
    seller_id,
    any_value(cell) as map_cell,
    {{ features('gridded') }}
  from around
  group by seller_id
)
select
  seller_id as SELLER_ID,
  gridded.* exclude (seller_id),
  {{ features('compared') }},
  {{ stamp_column() }}
from gridded
