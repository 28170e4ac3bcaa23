{#
  A seller's cars for sale apart by one segment: what stands there now, and what came and went. The families of the model that
  calls it say which columns those are.
#}
{% macro seller_stock(segment_by) -%}
with stock as (
  select *, sum(cars) over of_seller as all_cars, sum(value_inr) over of_seller as all_value_inr
  from {{ ref('int_seller_stock') }}
  where segment_by = '{{ segment_by }}'
  window of_seller as (partition by seller_id)
),
present as (
  select seller_id,
  {{ features('present') }}
  from stock
  group by seller_id
),
flow as (
  select seller_id,
  {{ features('flow') }}
  from {{ ref('int_seller_stock') }}
  left join {{ ref('int_seller_sales') }} using (seller_id, segment_by, segment)
  where segment_by = '{{ segment_by }}'
  group by seller_id
)
select
  seller_id as SELLER_ID,
  present.* exclude (seller_id), flow.* exclude (seller_id),
  {{ stamp_column() }}
from present
join flow using (seller_id)
{%- endmacro %}
