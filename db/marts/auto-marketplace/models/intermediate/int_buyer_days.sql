-- What signed-in buyers did per day and in each of the last 12 weeks; week 1 is the last.
select
  buyer_id, days_back, (days_back - 1) // 7 + 1 as week,
  count(*) as visits,
  sum(listing_views)::bigint as views,
  sum(seconds)::bigint as visit_seconds,
  sum(saves)::bigint as favourites,
  sum(compare_adds)::bigint as comparisons,
  sum(shares)::bigint as shares,
  sum(contacts)::bigint as contacts,
  sum(form_starts - form_submits)::bigint as forms_left,
  sum(is_weekend::integer)::bigint as weekend_visits
from {{ ref('stg_sessions') }}
where buyer_id is not null and days_back between 1 and 365
group by buyer_id, days_back
