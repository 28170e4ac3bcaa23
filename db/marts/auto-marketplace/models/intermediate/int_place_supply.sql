{{ config(materialized='view') }}
-- Cars on offer at END beside the cars put up in each window; a segment that had no car in a window has a row with `days` NULL.
select
  s.*, l.* exclude (place_kind, place_id, segment_by, segment)
  rename (sellers as listing_sellers, price_at as listed_price_at, inspected as listed_inspected, boosted as listed_boosted,
    photos as listed_photos, age_years as listed_age_years, kilometres as listed_kilometres, odometers as listed_odometers,
    enquiries as listed_enquiries, fair_inr as listed_fair_inr, priced_inr as listed_priced_inr,
    market_inr as listed_market_inr, share as listed_share)
from {{ ref('int_place_stock') }} s
left join {{ ref('int_place_listed') }} l using (place_kind, place_id, segment_by, segment)
