-- Rounded ahead of the features, since the last bits of a mean depend on the order of adding.
-- Property of a city, per kind and number of closed months; `area_prices` are the first, fifth and ninth decile of areas.
with areas as (
  select
    p.city_id, p.area_id, p.segment, months, km_from_centre <= reach_km / 2 as is_inner,
    sum(sales)::bigint as sales, sum(price_per_sqft * sales)::bigint as price_sales, avg(price_per_sqft) as price,
    round(avg(rent_per_sqft), 9) as rent, sum(homes_on_market)::bigint as homes_on_market, avg(days_on_market) as days_on_market
  from {{ ref('stg_property_months') }} p
  join {{ ref('stg_areas') }} a using (area_id)
  join (values (3), (6), (12), (15)) as lookback(months) on months_back < months
  group by all
)
select
  city_id, segment, months,
  count(*) as areas,
  sum(sales)::bigint as sales,
  sum(price_sales)::bigint as price_sales,
  sum(price_sales) / nullif(sum(sales), 0)::double as price,
  round(avg(rent), 9) as rent,
  sum(homes_on_market) / months::double as homes_on_market,
  round(avg(days_on_market), 9) as days_on_market,
  quantile_cont(price, [0.1, 0.5, 0.9]) as area_prices,
  round(avg(case when is_inner then price end) / nullif(avg(case when not is_inner then price end), 0), 9) as inner_to_outer
from areas
group by city_id, segment, months
