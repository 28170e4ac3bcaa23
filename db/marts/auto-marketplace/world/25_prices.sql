create table world.fuel_prices as
with usual as (
  select c.city_id, m, f.*, f.fuel || ':' || m as fk, c.city_id || ':' || f.fuel as ck
  from hidden.cities c cross join range(-1, 18) as months(m)
  cross join (values ('petrol', 99.5, 0.16), ('diesel', 90.5, 0.14), ('cng', 82.0, 0.30), ('electricity', 7.4, 0.02))
    as f(fuel, level, trend)
)
select city_id, draw.month(m)::date as month, fuel,
  -- A country-wide walk, the state's tax, and a city's own pence.
  round(level * (1 + 0.012 * draw.g('fuel-month', fk)) + trend * m + level * 0.045 * draw.g('fuel-city', ck), 2) as price,
  (draw.month(m + 1) + interval 1 day)::date as published_on
from usual order by city_id, month, fuel;

create table hidden.car_models as
select *, sum(popularity) over (order by make, model rows unbounded preceding) as slot_to, sum(popularity) over () as slot_count,
  -- What buyers want more of than is offered keeps its value.
  0.010 * draw.g('model-favour', make || ':' || model) as favour
from read_csv('{{ seeds }}/car_models.csv', header = true);

create table world.market_prices as
select make, model, body, age as age_years, draw.month(m)::date as month,
  round(new_price_lakh * 100000 * pow(1.0035, m) * pow(0.875 + favour, age) * (1.03 + 0.02 * draw.g('market', k)), -3)::bigint
    as median_price_inr,
  3 + draw.whole(popularity * 9 * exp(-0.14 * abs(age - 5)), draw.u('market-sample', k)) as sample_size,
  round(new_price_lakh * 100000 * pow(1.0035, m), -2)::bigint as new_price_inr,
  (draw.month(m + 1) + interval 4 days)::date as published_on
from (
  select *, make || ':' || model || ':' || age || ':' || m as k
  from hidden.car_models cross join range(0, 16) as ages(age) cross join range(-1, 18) as months(m)
)
order by make, model, age_years, month;
