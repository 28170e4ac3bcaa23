-- What happens in each area, counted once, then gathered over the areas that a catchment covers, by how much of each it covers.
with placed as (
  select area_id, 'sellers' as metric, count(*) as amount from {{ ref('stg_sellers') }} where not has_left group by area_id
  union all
  select area_id, 'verified_sellers', count(*) from {{ ref('stg_sellers') }} where not has_left and is_verified group by area_id
  union all
  select area_id, 'buyers', count(*) from {{ ref('stg_buyers') }} group by area_id
  union all
  select area_id, 'cars_for_sale', count(*) from {{ ref('stg_listings') }} where is_active group by area_id
  union all
  select area_id, 'stock_value', sum(asking_price) from {{ ref('stg_listings') }} where is_active group by area_id
  union all
  select area_id, 'cars_sold_90d', count(*) from {{ ref('stg_listings') }} where is_sold and ended_days_back <= 90 group by area_id
  union all
  select area_id, 'cars_listed_90d', count(*) from {{ ref('stg_listings') }} where listed_days_back <= 90 group by area_id
  union all
  select l.area_id, 'enquiries_90d', count(*) from {{ ref('stg_leads') }} e join {{ ref('stg_listings') }} l using (listing_id)
  where e.asked_days_back <= 90 group by l.area_id
  union all
  select b.area_id, 'enquiries_by_residents_90d', count(*) from {{ ref('stg_leads') }} e join {{ ref('stg_buyers') }} b using (buyer_id)
  where e.asked_days_back <= 90 group by b.area_id
  union all
  select s.area_id, 'visits_90d', count(*) from {{ ref('stg_sessions') }} v join {{ ref('stg_sellers') }} s using (seller_id)
  where v.days_back <= 90 group by s.area_id
  union all
  select b.area_id, 'loan_applications', count(*) from {{ ref('stg_loan_applications') }} a join {{ ref('stg_buyers') }} b using (buyer_id)
  group by b.area_id
  union all
  select area_id, 'places', count(*) from {{ ref('stg_pois') }} group by area_id
  union all
  select area_id, 'square_km', square_km from {{ source('augment', 'area_shapes') }}
),
gathered as (
  select c.area_id, c.reach_km, p.metric, round(sum(c.share::decimal(9, 4) * p.amount::decimal(18, 4)), 4) as amount
  from {{ source('augment', 'area_catchments') }} c
  join placed p on p.area_id = c.other_area_id
  group by all
),
summed as (
  select
    area_id,
    {{ features('summed') }}
  from gathered
  group by area_id
)
select
  area_id as AREA_ID,
  summed.* exclude (area_id),
  {{ features('compared') }},
  {{ stamp_column() }}
from summed
