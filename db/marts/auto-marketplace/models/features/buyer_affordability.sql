with wanted as (
  select buyer_id,
  {{ features('wanted') }}
  from {{ ref('int_buyer_prices') }}
  group by buyer_id
),
city_prices as (
  select place_id as city_id, price_at[2] as city_price
  from {{ ref('int_place_listed') }}
  where place_kind = 'city' and segment_by = 'all' and days = 90
),
buyers as (
  select b.buyer_id, b.city_id, b.area_id, b.budget_inr, p.city_price, {{ monthly_income('b.income_band') }} as income_inr,
    case when b.budget_inr is not null then percent_rank() over (partition by b.budget_inr is null order by b.budget_inr) end as budget_percentile,
    case when b.budget_inr is not null and b.city_id is not null
      then percent_rank() over (partition by b.city_id, b.budget_inr is null order by b.budget_inr) end as budget_city_percentile
  from {{ ref('stg_buyers') }} b
  left join city_prices p using (city_id)
)
select
  b.buyer_id as BUYER_ID,
  b.city_id as CITY_ID,
  b.area_id as AREA_ID,
  wanted.* exclude (buyer_id),
  {{ features('means') }},
  {{ stamp_column() }}
from buyers b
join wanted using (buyer_id)
