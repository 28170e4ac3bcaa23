with dated as (
  select *,
    date_diff('day', listed_at::date, raw.today()) as listed_days,
    date_diff('day', ended_at::date, raw.today()) as ended_days,
    date_diff('day', listed_at, ended_at) as listed_for
  from raw.listings
),
listed as (
  select seller_id,
  {{ columns.listed }}
  from dated
  group by seller_id
),
enquiries as (
  select *, date_diff('day', asked_at::date, raw.today()) as asked_days from raw.leads
),
asked as (
  select seller_id, count(*) as lead_count,
  {{ columns.asked }}
  from enquiries
  group by seller_id
)
select
  {{ columns }},
  listed.* exclude (seller_id), asked.* exclude (seller_id, lead_count),
  '{{ stamp }}' as STAMP
from raw.sellers s
join listed on listed.seller_id = s.seller_id
left join asked on asked.seller_id = s.seller_id
