-- What visitors, buyers and the seller did, per seller and day on which anything happened.
with happened as (
  select seller_id, days_back, sessions as visits, listing_views as views, saves as favourites, contacts, seller_logins as logins,
    photo_uploads, 0 as new_listings, 0 as cars_sold, 0 as turnover, 0 as enquiries, 0 as answered, 0 as test_drives, 0 as price_drops
  from {{ ref('int_seller_days') }}
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
  select seller_id, asked_days_back, 0, 0, 0, 0, 0, 0, 0, 0, 0, count(*), count(answered_at), count(*) filter (took_test_drive), 0
  from {{ ref('stg_leads') }}
  group by seller_id, asked_days_back
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
