with sales as (
  select *, max(case when segment_by = 'all' then turnover end) over (partition by seller_id, days) as all_turnover
  from {{ ref('int_seller_sales') }}
  where segment_by in ('all', 'body', 'price_band', 'make')
)
select
  seller_id as SELLER_ID,
  {{ features() }},
  {{ stamp_column() }}
from sales
group by seller_id
