create table world.pois as
with expected as (
  select
    a.area_id, a.latitude, a.longitude, a.wealth, p.category, a.area_id || ':' || p.category as k,
    p.per_area * exp(p.wealth_pull * (a.wealth - 0.55) * 2.2 + p.centre_pull * (a.bustle - 0.45) * 2.2) as mean
  from hidden.areas a cross join read_csv('{{ seeds }}/poi_categories.csv', header = true) p
),
counted as (
  select *, draw.whole(mean * (0.3 + 1.4 * draw.u('poi-luck', k)), draw.u('poi-round', k)) as n from expected
),
placed as (
  select *, k || ':' || i as poi_id from (select *, unnest(range(n)) as i from counted)
),
drawn as (
  select *, draw.bits('poi', poi_id) as a, draw.bits('poi2', poi_id) as b from placed
)
select
  poi_id, area_id, category,
  round(latitude + 0.022 * (draw.slice(a, 0) - 0.5), 6) as latitude,
  round(longitude + 0.024 * (draw.slice(a, 1) - 0.5), 6) as longitude,
  case when draw.slice(a, 2) < 0.7
    then round(least(5, greatest(1, 3.4 + 0.8 * wealth + 0.5 * draw.normal(b))), 1) end as rating,
  -- One in fifteen opened within the span.
  case when draw.slice(a, 3) < 0.933 then date '2008-01-01' + floor(6000 * sqrt(draw.slice(b, 1)))::integer
    else date '2025-05-01' + floor(579 * draw.slice(b, 2))::integer end as opened_on
from drawn
order by poi_id;
