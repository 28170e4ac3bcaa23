select
  listing_id as LISTING_ID,
  seller_id as SELLER_ID,
  listing_status as LISTING_STATUS,
  sold_price::bigint as SOLD_PRICE_INR,
  price_drops::bigint as PRICE_DROPS,
  days_on_offer::bigint as DAYS_LISTED,
  {{ stamp_column() }}
from {{ ref('int_listings') }}
where listing_id in (select listing_id from {{ ref('listings') }})
