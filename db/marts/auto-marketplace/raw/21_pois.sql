create table raw.pois as
with expected as (
  select
    a.area_id, a.city_id, a.latitude, a.longitude, p.category,
    a.area_id || ':' || p.category as k,
    p.per_area * exp(p.wealth_pull * (a.wealth - 0.55) * 2.2 + p.centre_pull * (a.bustle - 0.45) * 2.2) as mean
  from raw.areas a cross join read_csv('{{ seeds }}/poi_categories.csv', header = true) p
),
counted as (
  select *, raw.whole(mean * (0.3 + 1.4 * raw.u('poi-luck', k)), raw.u('poi-round', k)) as n from expected
),
placed as (
  select *, unnest(range(n)) as i from counted
)
select
  area_id, city_id, category, k || ':' || i as poi_id,
  latitude + 0.022 * (raw.u('poi-lat', k || ':' || i) - 0.5) as latitude,
  longitude + 0.024 * (raw.u('poi-lon', k || ':' || i) - 0.5) as longitude
from placed
order by poi_id;
