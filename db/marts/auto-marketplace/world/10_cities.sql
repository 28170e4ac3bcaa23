create table hidden.cities as
select *,
  sum(slots) over (order by city_id rows unbounded preceding) - slots as slot_from,
  sum(slots) over (order by city_id rows unbounded preceding) as slot_to,
  sum(slots) over () as slot_count
from (
  -- A marketplace grows with the root of a city's size; `presence` says where this one started.
  select *, round(sqrt(population) * presence)::bigint as slots
  from read_csv('{{ seeds }}/cities.csv', header = true, null_padding = true)
)
order by city_id;

create table world.cities as
select city_id, city_name, state, region, tier, latitude::double as latitude, longitude::double as longitude, population,
  nullif(aliases, '') as aliases
from hidden.cities order by city_id;
