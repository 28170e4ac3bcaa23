-- What a fuel cost in a city in the last month and before, beside the mean of all cities.
with prices as (
  select *, avg(price::decimal(8, 2)) over (partition by fuel, month) as mean_of_cities
  from {{ ref('stg_fuel_prices') }}
  where months_back <= 12
)
select
  city_id, fuel as segment,
  {% for months in [0, 1, 3, 6, 12] -%}
  max(case when months_back = {{ months }} then price end) as price_{{ months }}m,
  {% endfor -%}
  round(avg(case when months_back < 12 then price end), 9) as mean_12m,
  round(avg(case when months_back < 6 then price end), 9) as mean_6m,
  min(case when months_back < 12 then price end) as least_12m,
  max(case when months_back < 12 then price end) as greatest_12m,
  round(stddev_samp(case when months_back < 12 then price end), 9) as deviation_12m,
  max(case when months_back = 0 then mean_of_cities end) as mean_of_cities,
  max(case when months_back = 12 then mean_of_cities end) as mean_of_cities_12m,
  round(regr_slope(price, -months_back), 9) as slope_12m,
  rank() over (partition by fuel order by max(case when months_back = 0 then price end) desc) as dearness_rank
from prices
group by city_id, fuel
