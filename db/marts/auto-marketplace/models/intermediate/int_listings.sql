-- Cars for sale with what their price changes and their seller say of them.
with drops as (
  select listing_id, count(*) as price_changes, count(*) filter (is_drop) as price_drops
  from {{ ref('stg_price_changes') }}
  group by listing_id
)
select
  l.*, coalesce(price_changes, 0) as price_changes, coalesce(price_drops, 0) as price_drops,
  s.city_id as seller_city_id, s.area_id as seller_area_id, s.seller_type
from {{ ref('stg_listings') }} l
join {{ ref('stg_sellers') }} s using (seller_id)
left join drops using (listing_id)
