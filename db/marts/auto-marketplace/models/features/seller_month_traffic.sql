select
  seller_id as SELLER_ID,
  month_closed_at as MONTH_CLOSED_AT,
  written_at as WRITTEN_AT,
  {{ features() }},
  {{ stamp_column() }}
from {{ ref('int_seller_months') }}
window
  of_seller as (partition by seller_id order by month_no),
  last_3 as (partition by seller_id order by month_no rows between 2 preceding and current row),
  last_6 as (partition by seller_id order by month_no rows between 5 preceding and current row),
  last_12 as (partition by seller_id order by month_no rows between 11 preceding and current row),
  of_city as (partition by city_id, month_no)
