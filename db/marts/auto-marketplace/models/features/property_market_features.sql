with summed as (
  select
    area_id, city_id,
    {{ ratio("sum(price_per_sqft * sales) filter (segment in ('apartment', 'house') and months_back < 12)",
      "sum(sales) filter (segment in ('apartment', 'house') and months_back < 12)") }} as home_price_12m,
    coalesce(sum(sales) filter (months_back < 12), 0)::bigint as property_sales_12m,
    coalesce(sum(sales * price_per_sqft * 900) filter (months_back < 12), 0)::bigint as property_value_sold_12m,
    {{ ratio("coalesce(sum(sales) filter (segment = 'shop' and months_back < 12), 0)", 'sum(sales) filter (months_back < 12)') }}
      as shop_sales_share_12m,
    count(distinct segment) as property_kinds_sold,
    {{ features('summed') }}
  from {{ ref('stg_property_months') }}
  where months_back < 18
  group by area_id, city_id
),
compared as (
  select
    area_id,
    {{ features('compared') }}
  from summed
)
select
  area_id as AREA_ID,
  summed.* exclude (area_id, city_id),
  compared.* exclude (area_id),
  {{ stamp_column() }}
from summed
join compared using (area_id)
