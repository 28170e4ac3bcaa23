-- Sales of homes and plots by area, kind and month. Some areas were never covered, and thin months have no row.
create table world.property_months as
with cells as (
  select
    a.*, s.segment, s.level, s.volume, m,
    a.area_id || ':' || s.segment as place,
    a.area_id || ':' || s.segment || ':' || m as k
  from hidden.areas a
  cross join (values ('apartment', 1.0, 1.0), ('house', 1.25, 0.45), ('plot', 0.8, 0.35), ('shop', 1.9, 0.25))
    as s(segment, level, volume)
  cross join range(-1, 18) as months(m)
  where draw.u('property-covered', a.area_id) >= 0.18
    and draw.u('property-segment', a.area_id || ':' || s.segment) < 0.55 + 0.45 * s.volume
),
drawn as (
  select *,
    level * 2600 * exp(2.1 * wealth + 0.35 * bustle) * exp(0.10 * draw.g('property-place', place)) as base_price,
    0.004 + 0.006 * draw.g('property-growth', area_id) as growth,
    draw.g('property-month', k) as shock,
    draw.whole(volume * 8 * (0.3 + bustle) * (0.05 + 1.6 * draw.u('property-sales', k)), draw.u('property-round', k)) as sales
  from cells
)
select
  area_id, city_id, segment, draw.month(m)::date as month, sales,
  round(base_price * pow(1 + growth, m) * exp(0.04 * shock))::bigint as price_per_sqft,
  round(base_price * (0.0026 + 0.0012 * draw.u('property-yield', place)) * exp(0.03 * shock), 1) as rent_per_sqft,
  draw.whole(sales * (1.5 + 2.5 * draw.u('property-stock', k)) + 2, 0.5) as homes_on_market,
  round(greatest(9, 75 - 60 * bustle + 14 * draw.g('property-days', k)))::bigint as days_on_market,
  (draw.month(m + 1) + interval 4 days)::date as published_on
from drawn
where sales > 0
order by area_id, segment, month;
