-- What became known of visitors, buyers and the seller, per seller and day on which anything did: a visit on the day on which the log
-- received it, an answer on its own day and not on the enquiry's. So a sum up to a day tells nothing of later ones.
with happened as (
  select seller_id, {{ days_back('received_at') }} as days_back, count(*) as visits, sum(listing_views) as views, sum(saves) as favourites,
    sum(contacts) as contacts, 0 as logins, 0 as photo_uploads, 0 as new_listings, 0 as cars_sold, 0 as turnover, 0 as enquiries,
    0 as answered, 0 as test_drives, 0 as price_drops
  from {{ ref('stg_sessions') }}
  group by all
  union all
  select seller_id, {{ days_back('received_at') }}, 0, 0, 0, 0, sum(logins), sum(photo_uploads), 0, 0, 0, 0, 0, 0, 0
  from {{ ref('stg_seller_actions') }}
  group by all
  union all
  select seller_id, listed_days_back, 0, 0, 0, 0, 0, 0, count(*), 0, 0, 0, 0, 0, 0
  from {{ ref('stg_listings') }}
  group by seller_id, listed_days_back
  union all
  select seller_id, ended_days_back, 0, 0, 0, 0, 0, 0, 0, count(*), sum(sold_price), 0, 0, 0, 0
  from {{ ref('stg_listings') }}
  where is_sold
  group by seller_id, ended_days_back
  union all
  select seller_id, asked_days_back, 0, 0, 0, 0, 0, 0, 0, 0, 0, count(*), 0, 0, 0
  from {{ ref('stg_leads') }}
  group by seller_id, asked_days_back
  union all
  select seller_id, answered_days_back, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, count(*), 0, 0
  from {{ ref('stg_leads') }}
  where is_answered
  group by seller_id, answered_days_back
  union all
  select seller_id, updated_days_back, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, count(*), 0
  from {{ ref('stg_leads') }}
  where took_test_drive
  group by seller_id, updated_days_back
  union all
  select seller_id, changed_days_back, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, count(*)
  from {{ ref('stg_price_changes') }}
  where is_drop
  group by seller_id, changed_days_back
)
select
  seller_id, days_back,
  {% for sum in ['visits', 'views', 'favourites', 'contacts', 'logins', 'photo_uploads', 'new_listings', 'cars_sold', 'turnover',
    'enquiries', 'answered', 'test_drives', 'price_drops'] -%}
  coalesce(sum({{ sum }}), 0)::bigint as {{ sum }}{{ ',' if not loop.last }}
  {% endfor -%}
from happened
group by seller_id, days_back
