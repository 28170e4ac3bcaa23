{{ config(materialized='view') }}
-- Points of interest within 5 km of a seller's premises, in the seller's city, with their distance.
with shops as (
  select seller_id, city_id, latitude, longitude from {{ ref('stg_sellers') }} where area_id is not null
),
places as (
  select p.poi_id, p.category, p.rating, p.latitude, p.longitude, a.city_id
  from {{ ref('stg_pois') }} p
  join {{ ref('stg_areas') }} a using (area_id)
),
near as (
  select
    s.seller_id, p.poi_id, p.category, p.rating,
    {{ km('s.latitude', 's.longitude', 'p.latitude', 'p.longitude') }} as km
  from shops s
  join places p
    on p.city_id = s.city_id
    -- Degrees that hold 5 km at any latitude of India.
    and p.latitude between s.latitude - 0.046 and s.latitude + 0.046
    and p.longitude between s.longitude - 0.056 and s.longitude + 0.056
)
select * from near where km <= 5
