-- What an area is like, before anything is measured there: richer and busier towards the centre, with its own luck.
create table raw.areas as
select
  a.area_id, a.city_id, a.latitude, a.longitude, a.km_from_centre, a.reach_km,
  row_number() over (partition by a.city_id order by a.km_from_centre, a.area_id) as ordinal,
  count(*) over (partition by a.city_id) as area_count,
  c.wealth as city_wealth,
  least(0.99, greatest(0.02, c.wealth - 0.05 + 0.17 * raw.g('area-wealth', a.area_id)
    + 0.10 * (1 - 2 * a.km_from_centre / a.reach_km))) as wealth,
  least(0.99, greatest(0.02, 0.45 + 0.18 * raw.g('area-bustle', a.area_id)
    + 0.35 * (0.5 - a.km_from_centre / a.reach_km))) as bustle,
  least(0.99, greatest(0.02, 0.45 + 0.20 * raw.g('area-green', a.area_id)
    + 0.25 * (a.km_from_centre / a.reach_km - 0.5))) as greenery,
  least(0.99, greatest(0.02, 0.50 + 0.20 * raw.g('area-safe', a.area_id) + 0.25 * (c.wealth - 0.6))) as safety
from raw.area_cells a
join raw.cities c using (city_id)
order by a.area_id;
