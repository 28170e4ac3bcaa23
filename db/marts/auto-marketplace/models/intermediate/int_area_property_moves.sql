-- How a figure of an area's property moved: its mean over the last quarter and quarters before, its slope and unrest over a year.
-- Rounded ahead of the features, since the last bits of a mean depend on the order of adding.
with figures as (
  unpivot (
    select
      area_id, segment, months_back, price_per_sqft::double as price, rent_per_sqft as rent, sales::double as sales,
      homes_on_market::double as on_market, days_on_market::double as days_to_sale, 12 * rent_per_sqft / price_per_sqft as yield
    from {{ ref('stg_property_months') }}
    where months_back < 15
  ) on price, rent, sales, on_market, days_to_sale, yield into name figure value amount
)
select
  area_id, segment, figure,
  round(avg(case when months_back < 3 then amount end), 9) as last_quarter,
  round(avg(case when months_back between 3 and 5 then amount end), 9) as quarter_before,
  round(avg(case when months_back between 6 and 8 then amount end), 9) as half_year_before,
  round(avg(case when months_back between 12 and 14 then amount end), 9) as year_before,
  max(case when months_back < 12 then amount end) as greatest,
  min(case when months_back < 12 then amount end) as least,
  case when count(case when months_back < 12 then amount end) >= 4
    then round(regr_slope(amount, -months_back) filter (months_back < 12) / nullif(avg(case when months_back < 12 then amount end), 0), 9) end as slope,
  round(stddev_samp(case when months_back < 12 then amount end) / nullif(avg(case when months_back < 12 then amount end), 0), 9) as unrest
from figures
group by area_id, segment, figure
