with wide as (
  select l.listing_id, l.seller_id,
  {{ features() }}
  from {{ ref('stg_listings') }} l
  left join {{ ref('int_listing_enquiries') }} using (listing_id)
  where l.listing_id in (select listing_id from {{ ref('listings') }})
  group by l.listing_id, l.seller_id
)
select
  listing_id as LISTING_ID,
  seller_id as SELLER_ID,
  wide.* exclude (listing_id, seller_id),
  {{ stamp_column() }}
from wide
