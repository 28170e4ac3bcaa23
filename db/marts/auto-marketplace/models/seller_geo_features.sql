with shops as (
  select s.*, a.km_from_centre, a.reach_km, raw.km(s.latitude, s.longitude, c.latitude, c.longitude) as centre_km
  from raw.sellers s
  join raw.areas a using (area_id)
  join raw.cities c on c.city_id = s.city_id
),
placed as (
  select seller_id, city_id,
  {{ columns.placed }}
  from shops
),
distances as (
  select s.seller_id, p.category, raw.km(s.latitude, s.longitude, p.latitude, p.longitude) as km
  from shops s
  join raw.pois p
    on p.city_id = s.city_id
    and p.latitude between s.latitude - 0.046 and s.latitude + 0.046
    and p.longitude between s.longitude - 0.056 and s.longitude + 0.056
),
-- First by category, so that the many columns are made of few rows.
kinds as (
  select seller_id, category, count(*) filter (km <= 1) as within_1km, count(*) filter (km <= 2) as within_2km,
    count(*) filter (km <= 3) as within_3km, count(*) as within_5km, min(km) as nearest, sum(km) as km_sum,
    sum(1 / (0.3 + km)) as gravity
  from distances
  where km <= 5
  group by seller_id, category
),
around as (
  select seller_id,
  {{ columns.around }}
  from kinds
  group by seller_id
),
stocks as (
  select seller_id, count(*) as stock, sum(asking_price) as price
  from raw.listings where listing_status = 'active' group by seller_id
),
pairs as (
  select s.seller_id, o.seller_id as other_id, o.seller_type as other_type, t.stock as other_stock, t.price as other_price,
    raw.km(s.latitude, s.longitude, o.latitude, o.longitude) as km
  from shops s
  join shops o on o.city_id = s.city_id and o.seller_id <> s.seller_id and o.left_at is null
  left join stocks t on t.seller_id = o.seller_id
),
rivalry as (
  select seller_id,
  {{ columns.rivalry }}
  from pairs
  group by seller_id
),
mixed as (
  select placed.seller_id,
  {{ columns.mixed }}
  from placed left join around using (seller_id)
)
select
  {{ columns.key }},
  placed.* exclude (seller_id, city_id), around.* exclude (seller_id), mixed.* exclude (seller_id),
  rivalry.* exclude (seller_id),
  '{{ stamp }}' as STAMP
from placed
left join around using (seller_id)
left join mixed using (seller_id)
left join rivalry using (seller_id)
