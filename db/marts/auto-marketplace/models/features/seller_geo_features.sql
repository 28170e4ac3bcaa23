with shops as (
  select s.*, a.km_from_centre, a.reach_km, {{ km('s.latitude', 's.longitude', 'c.latitude', 'c.longitude') }} as centre_km
  from {{ ref('stg_sellers') }} s
  join {{ ref('stg_areas') }} a using (area_id)
  join {{ ref('stg_cities') }} c on c.city_id = s.city_id
),
-- First by category, so that the many columns are made of few rows.
kinds as (
  select
    seller_id, category, count(*) filter (km <= 1) as within_1km, count(*) filter (km <= 2) as within_2km,
    count(*) filter (km <= 3) as within_3km, count(*) as within_5km, min(km) as nearest, sum(km) as km_sum,
    sum(1 / (0.3 + km)) as gravity
  from {{ ref('int_seller_places') }}
  group by seller_id, category
),
around as (
  select
    seller_id,
    {{ cast_to('float', 'sum(km_sum) / sum(within_5km)') }} as mean_poi_distance_km,
    {{ features('around') }}
  from kinds
  group by seller_id
),
mixed as (
  select
    shops.seller_id,
    {{ cast_to('float', 'poi_count_1km / 3.14159') }} as poi_density_1km,
    {{ ratio('poi_count_1km', 'poi_count_5km') }} as centrality_ratio,
    {{ features('mixed') }}
  from shops
  left join around using (seller_id)
),
stocks as (
  select seller_id, count(*) as stock, sum(asking_price) as price
  from {{ ref('stg_listings') }}
  where is_active
  group by seller_id
),
pairs as (
  select
    s.seller_id, o.seller_type as other_type, t.stock as other_stock, t.price as other_price,
    {{ km('s.latitude', 's.longitude', 'o.latitude', 'o.longitude') }} as km
  from shops s
  join shops o on o.city_id = s.city_id and o.seller_id <> s.seller_id and not o.has_left
  left join stocks t on t.seller_id = o.seller_id
),
rivalry as (
  select
    seller_id,
    {{ cast_to('float', 'min(km)') }} as nearest_rival_km,
    {{ features('rivalry') }}
  from pairs
  group by seller_id
)
select
  s.seller_id as SELLER_ID,
  {{ cast_to('float', 's.latitude') }} as shop_latitude,
  {{ cast_to('float', 's.longitude') }} as shop_longitude,
  {{ cast_to('float', km('s.latitude', 's.longitude', 's.home_latitude', 's.home_longitude')) }} as owner_home_distance_km,
  {{ cast_to('float', 'centre_km') }} as city_centre_distance_km,
  {{ ratio('centre_km', 'reach_km') }} as city_centre_distance_share,
  centre_km > 0.7 * reach_km as is_outskirts,
  count(*) over (partition by area_id) as sellers_in_same_area,
  around.* exclude (seller_id),
  mixed.* exclude (seller_id),
  rivalry.* exclude (seller_id),
  {{ stamp_column() }}
from shops s
left join around using (seller_id)
left join mixed using (seller_id)
left join rivalry using (seller_id)
