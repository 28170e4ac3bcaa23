with prices as (
  select * from {{ ref('int_listing_prices') }}
),
beside as (
  select listing_id,
  {{ features('beside') }}
  from prices
  left join {{ ref('int_listing_peers') }} using (listing_id)
  group by listing_id
),
own as (
  select listing_id, seller_id,
  {{ features('own') }}
  from prices
)
select
  listing_id as LISTING_ID,
  seller_id as SELLER_ID,
  beside.* exclude (listing_id),
  own.* exclude (listing_id, seller_id),
  {{ stamp_column() }}
from own
join beside using (listing_id)
where own.listing_id in (select listing_id from {{ ref('listings') }})
