with compared as (
  select *, lag(enquiries) over (partition by seller_id order by month_no) as previous_enquiries
  from {{ ref('int_seller_months') }}
)
select
  seller_id as SELLER_ID,
  month_closed_at as MONTH_CLOSED_AT,
  written_at as WRITTEN_AT,
  date_diff('month', onboarded_at, month_closed_at) as months_since_joining,
  (sum((visits = 0 and new_listings = 0)::integer) over last_6)::bigint as quiet_months_of_6,
  (sum((enquiries < previous_enquiries)::integer) over last_6)::bigint as months_of_falling_demand,
  {{ features() }},
  {{ stamp_column() }}
from compared
window
  of_seller as (partition by seller_id order by month_no),
  last_3 as (partition by seller_id order by month_no rows between 2 preceding and current row),
  last_6 as (partition by seller_id order by month_no rows between 5 preceding and current row),
  last_12 as (partition by seller_id order by month_no rows between 11 preceding and current row)
