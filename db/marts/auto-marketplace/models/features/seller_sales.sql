with sales as (
  select *, turnover / nullif(max(turnover) filter (segment_by = 'all') over (partition by seller_id, days), 0)::double as turnover_share
  from {{ ref('int_seller_sales') }}
  where segment_by in ('all', 'body', 'price_band', 'make')
)
select
  seller_id as SELLER_ID,
  {{ features() }},
  {{ stamp_column() }}
from sales
group by seller_id
