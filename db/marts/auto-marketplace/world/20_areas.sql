-- What an area is like, before anything is measured there: richer and busier towards the centre, with its own luck.
create table hidden.areas as
select
  a.area_id, a.city_id, c.city_name, c.tier, a.latitude, a.longitude, a.km_from_centre, a.reach_km, a.boundary,
  row_number() over (partition by a.city_id order by a.km_from_centre, a.area_id) as ordinal,
  count(*) over (partition by a.city_id) as area_count,
  c.wealth as city_wealth,
  least(0.99, greatest(0.02, c.wealth - 0.05 + 0.17 * draw.g('area-wealth', a.area_id)
    + 0.10 * (1 - 2 * a.km_from_centre / a.reach_km))) as wealth,
  least(0.99, greatest(0.02, 0.45 + 0.18 * draw.g('area-bustle', a.area_id)
    + 0.35 * (0.5 - a.km_from_centre / a.reach_km))) as bustle,
  least(0.99, greatest(0.02, 0.45 + 0.20 * draw.g('area-green', a.area_id)
    + 0.25 * (a.km_from_centre / a.reach_km - 0.5))) as greenery,
  least(0.99, greatest(0.02, 0.50 + 0.20 * draw.g('area-safe', a.area_id) + 0.25 * (c.wealth - 0.6))) as safety
from hidden.area_cells a
join hidden.cities c using (city_id)
order by a.area_id;

create table world.areas as
select area_id, city_id, city_name || ' sector ' || ordinal as area_name, latitude, longitude, km_from_centre, reach_km
from hidden.areas order by area_id;

create table world.area_places as
select area_id,
  round(latitude + 0.004 * (1 - least(1, 0.55 + 0.5 * bustle)) * draw.g('geocode-lat', area_id), 6) as latitude,
  round(longitude + 0.004 * (1 - least(1, 0.55 + 0.5 * bustle)) * draw.g('geocode-lon', area_id), 6) as longitude,
  round(least(1, 0.55 + 0.4 * bustle + 0.1 * draw.u('geocode-sure', area_id)), 3) as confidence,
  boundary
from hidden.areas order by area_id;

create table world.area_travel as
with ways as (
  select a.*, d.destination, a.area_id || ':' || d.destination as k,
    case d.destination
      when 'city_centre' then km_from_centre
      when 'rto' then abs(km_from_centre - reach_km * 0.4) + 1.2
      when 'airport' then draw.km(latitude, longitude,
        latitude + 0.01 * (8 + 9 * draw.u('airport-far', city_id)) - 0.004 * km_from_centre * (draw.u('airport-lat', city_id) - 0.5),
        longitude + 0.01 * (6 + 12 * draw.u('airport-off', city_id)))
      else greatest(0.4, (reach_km - km_from_centre) * 0.6)
    end as straight_km
  from hidden.areas a
  cross join (values ('city_centre'), ('rto'), ('airport'), ('highway')) as d(destination)
  -- Some smaller cities have no airport.
  where not (d.destination = 'airport' and a.tier = 'Tier 3' and draw.u('has-airport', a.city_id) < 0.3)
),
roads as (
  select *, straight_km * (1.22 + 0.25 * draw.u('road-bend', k)) + 0.3 as km, draw.bits('road-time', k) as b from ways
)
select area_id, destination, round(km, 2) as road_km,
  round(km * (2.1 + 2.6 * bustle + 0.5 * draw.slice(b, 0)) + 2, 1) as minutes_morning,
  round(km * (1.8 + 1.5 * bustle + 0.4 * draw.slice(b, 1)) + 2, 1) as minutes_midday,
  round(km * (1.4 + 0.4 * bustle + 0.2 * draw.slice(b, 2)) + 1, 1) as minutes_night
from roads order by area_id, destination;
