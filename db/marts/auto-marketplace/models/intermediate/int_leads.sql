-- Enquiries with the car asked about and what is known of the buyer.
select
  e.*, l.body, l.asking_price, l.price_band, l.make,
  b.city_id = s.city_id as is_local_buyer,
  -- Asked this seller before, about whatever car.
  row_number() over (partition by e.seller_id, e.buyer_id order by e.asked_at, e.lead_id) > 1 as is_returning_buyer
from {{ ref('stg_leads') }} e
join {{ ref('stg_listings') }} l using (listing_id)
join {{ ref('stg_sellers') }} s on s.seller_id = e.seller_id
join {{ ref('stg_buyers') }} b on b.buyer_id = e.buyer_id
