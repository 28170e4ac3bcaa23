with months as (
  -- A month closes at midnight in India, which is 18:30 UTC on its last day.
  select m as month_no,
    date_trunc('month', raw.today() - to_months((17 - m + 1)::integer))::date as first_day,
    date_trunc('month', raw.today() - to_months((17 - m)::integer))::timestamp - interval 330 minutes as month_closed_at
  from range(18) as t(m)
),
lives as (
  select s.seller_id, s.onboarded_at, m.*,
    m.month_closed_at + to_seconds(1800 + floor(14400 * raw.u('trend-written', s.k || ':' || month_no))::bigint) as written_at
  from raw.sellers s
  join months m on s.onboarded_at < m.first_day::timestamp
    -- Rows stop half a year after a seller left.
    and coalesce(s.left_at, raw.as_of()) > m.first_day::timestamp - interval 180 days
),
visits as (
  select seller_id, date_trunc('month', day)::date as first_day, sum(sessions) as visits, sum(listing_views) as views,
    sum(saves) as favourites, sum(call_clicks + chat_opens + form_submits) as contact_attempts, sum(seller_logins) as logins
  from raw.visits group by all
),
supply as (
  select seller_id, date_trunc('month', listed_at + interval 330 minutes)::date as first_day, count(*) as new_listings
  from raw.listings group by all
),
sales as (
  select seller_id, date_trunc('month', ended_at + interval 330 minutes)::date as first_day, count(*) as cars_sold,
    sum(would_fetch) as turnover
  from raw.listings where listing_status = 'sold' group by all
),
demand as (
  select seller_id, date_trunc('month', asked_at + interval 330 minutes)::date as first_day, count(*) as enquiries,
    count(*) filter (took_test_drive) as test_drives, count(answer_minutes) as answered
  from raw.leads group by all
),
monthly as (
  select l.seller_id, l.onboarded_at, l.month_no, l.month_closed_at, l.written_at,
    coalesce(visits, 0) as visits, coalesce(views, 0) as views, coalesce(favourites, 0) as favourites,
    coalesce(contact_attempts, 0) as contact_attempts, coalesce(logins, 0) as logins,
    coalesce(new_listings, 0) as new_listings, coalesce(cars_sold, 0) as cars_sold, coalesce(turnover, 0) as turnover,
    coalesce(enquiries, 0) as enquiries, coalesce(test_drives, 0) as test_drives, coalesce(answered, 0) as answered
  from lives l
  left join visits v on v.seller_id = l.seller_id and v.first_day = l.first_day
  left join supply u on u.seller_id = l.seller_id and u.first_day = l.first_day
  left join sales x on x.seller_id = l.seller_id and x.first_day = l.first_day
  left join demand d on d.seller_id = l.seller_id and d.first_day = l.first_day
),
compared as (
  select *, lag(enquiries) over (partition by seller_id order by month_closed_at) as previous_enquiries from monthly
)
select
  {{ columns }},
  '{{ stamp }}' as STAMP
from compared
