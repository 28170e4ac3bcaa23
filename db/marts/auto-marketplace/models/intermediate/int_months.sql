-- The last 18 closed months, from the first of which the log of visits has all but a week. A month closes at midnight in India, and
-- its figures are written three hours later.
with months as (
  select
    m as month_no,
    (date_trunc('month', {{ local_time(end_at()) }}) - to_months((18 - m)::integer))::date as first_day,
    date_trunc('month', {{ local_time(end_at()) }}) - to_months((17 - m)::integer) - interval 330 minutes as month_closed_at
  from range(18) as t(m)
)
select month_no, first_day, month_closed_at, month_closed_at + interval 3 hours as written_at
from months
where month_closed_at + interval 3 hours <= {{ end_at() }}
  and first_day >= (select date_trunc('month', min({{ local_time('started_at') }}) + interval 24 days) from {{ ref('stg_sessions') }})
