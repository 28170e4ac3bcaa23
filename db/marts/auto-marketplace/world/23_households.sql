-- A sample of households per city. Two cities were not surveyed.
create table world.households as
with sampled as (
  select c.*, i, c.city_id || ':' || i as k
  from hidden.cities c cross join range(450) as t(i)
  where c.city_id not in ('SXR', 'DED')
),
drawn as (
  select *,
    draw.g('home-income', k) as luck, draw.u('home-core', k) < 0.38 as core,
    draw.g('home-school', k) as school, draw.bits('home-a', k) as a, draw.bits('home-b', k) as b,
    draw.bits('home-c', k) as c, draw.bits('home-d', k) as d
  from sampled
),
earned as (
  select *,
    round(15000 * exp(1.55 * (wealth - 0.4) + 0.62 * luck + 0.22 * school + (case when core then 0.12 else 0 end)), -2)::bigint
      as earnings
  from drawn
)
select
  'H-' || city_id || '-' || lpad(i::varchar, 3, '0') as household_id, city_id, core,
  case when draw.u('home-income-told', k) < 0.96 then earnings end as income,
  1 + least(7, floor(0.55 + 4.6 * draw.slice(a, 0) * (1.25 - 0.4 * wealth)))::bigint as members,
  round(22 + 45 * draw.slice(a, 1))::bigint as head_age,
  case when school + 1.2 * (wealth - 0.5) > 1.1 then 'postgraduate' when school + 1.2 * (wealth - 0.5) > 0.2 then 'graduate'
    when school + 1.2 * (wealth - 0.5) > -0.7 then 'secondary' else 'primary' end as education,
  case when draw.slice(a, 2) < 0.12 + 0.28 * wealth then 'salaried_private' when draw.slice(a, 2) < 0.52 then 'self_employed'
    when draw.slice(a, 2) < 0.66 then 'salaried_government' when draw.slice(a, 2) < 0.86 then 'casual_work'
    else 'retired' end as occupation,
  draw.slice(a, 3) < 0.72 - 0.25 * wealth as owns_home,
  draw.slice(b, 0) < draw.sigmoid((earnings - 62000) / 22000.0) as owns_car,
  draw.slice(b, 0) < 0.35 * draw.sigmoid((earnings - 130000) / 30000.0) as owns_second_car,
  draw.slice(b, 1) < 0.30 + 0.42 * draw.sigmoid((earnings - 25000) / 9000.0) as owns_two_wheeler,
  draw.slice(b, 2) < draw.sigmoid((earnings - 48000) / 15000.0) as has_air_conditioner,
  draw.slice(b, 3) < 0.35 + 0.6 * draw.sigmoid((earnings - 22000) / 9000.0) as has_broadband,
  draw.slice(c, 0) < 0.15 + 0.5 * wealth as recently_moved,
  draw.slice(c, 1) < 0.08 + 0.35 * draw.sigmoid((earnings - 70000) / 20000.0) as has_car_loan,
  draw.slice(c, 2) < 0.30 + 0.5 * wealth as shops_online,
  draw.slice(c, 3) < 0.05 + 0.4 * draw.sigmoid((earnings - 90000) / 25000.0) as plans_car_within_year,
  round(earnings * (0.44 - 0.16 * least(1, earnings / 150000.0)) * (0.8 + 0.4 * draw.slice(d, 0)))::bigint as food_spend,
  round(earnings * 0.09 * (0.4 + 1.2 * draw.slice(d, 1)))::bigint as transport_spend,
  round(earnings * 0.07 * (0.2 + 1.6 * draw.slice(d, 2)))::bigint as education_spend,
  round(earnings * 0.06 * (0.2 + 1.6 * draw.slice(d, 3)))::bigint as leisure_spend,
  round(earnings * greatest(0, 0.06 + 0.20 * least(1, earnings / 120000.0) + 0.05 * luck))::bigint as savings,
  round(12 + 55 * draw.slice(xor(a, b), 0) * (0.6 + population / 14000000.0))::bigint as commute_minutes
from earned
order by household_id;
