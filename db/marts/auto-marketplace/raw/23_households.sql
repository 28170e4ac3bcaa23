-- A sample of households per city. Two cities were not surveyed.
create table raw.households as
with sampled as (
  select c.*, i, c.city_id || ':' || i as k
  from raw.cities c cross join range(450) as t(i)
  where c.city_id not in ('SXR', 'DED')
),
drawn as (
  select *,
    raw.g('home-income', k) as luck, raw.u('home-core', k) < 0.38 as core,
    raw.g('home-school', k) as school, raw.bits('home-a', k) as a, raw.bits('home-b', k) as b,
    raw.bits('home-c', k) as c, raw.bits('home-d', k) as d
  from sampled
),
earned as (
  select *,
    round(15000 * exp(1.55 * (wealth - 0.4) + 0.62 * luck + 0.22 * school + (case when core then 0.12 else 0 end)), -2)::bigint
      as income
  from drawn
)
select
  city_id, i as household, core, income,
  1 + least(7, floor(0.55 + 4.6 * raw.slice(a, 0) * (1.25 - 0.4 * wealth)))::bigint as members,
  round(22 + 45 * raw.slice(a, 1))::bigint as head_age,
  case when school + 1.2 * (wealth - 0.5) > 1.1 then 'postgraduate' when school + 1.2 * (wealth - 0.5) > 0.2 then 'graduate'
    when school + 1.2 * (wealth - 0.5) > -0.7 then 'secondary' else 'primary' end as education,
  case when raw.slice(a, 2) < 0.12 + 0.28 * wealth then 'salaried_private' when raw.slice(a, 2) < 0.52 then 'self_employed'
    when raw.slice(a, 2) < 0.66 then 'salaried_government' when raw.slice(a, 2) < 0.86 then 'casual_work'
    else 'retired' end as occupation,
  raw.slice(a, 3) < 0.72 - 0.25 * wealth as owns_home,
  raw.slice(b, 0) < 1 / (1 + exp(-(income - 62000) / 22000.0)) as owns_car,
  raw.slice(b, 0) < 0.35 / (1 + exp(-(income - 130000) / 30000.0)) as owns_second_car,
  raw.slice(b, 1) < 0.30 + 0.42 / (1 + exp(-(income - 25000) / 9000.0)) as owns_two_wheeler,
  raw.slice(b, 2) < 1 / (1 + exp(-(income - 48000) / 15000.0)) as has_air_conditioner,
  raw.slice(b, 3) < 0.35 + 0.6 / (1 + exp(-(income - 22000) / 9000.0)) as has_broadband,
  raw.slice(c, 0) < 0.15 + 0.5 * wealth as recently_moved,
  raw.slice(c, 1) < 0.08 + 0.35 / (1 + exp(-(income - 70000) / 20000.0)) as has_car_loan,
  raw.slice(c, 2) < 0.30 + 0.5 * wealth as shops_online,
  raw.slice(c, 3) < 0.05 + 0.4 / (1 + exp(-(income - 90000) / 25000.0)) as plans_car_within_year,
  round(income * (0.44 - 0.16 * least(1, income / 150000.0)) * (0.8 + 0.4 * raw.slice(d, 0)))::bigint as food_spend,
  round(income * 0.09 * (0.4 + 1.2 * raw.slice(d, 1)))::bigint as transport_spend,
  round(income * 0.07 * (0.2 + 1.6 * raw.slice(d, 2)))::bigint as education_spend,
  round(income * 0.06 * (0.2 + 1.6 * raw.slice(d, 3)))::bigint as leisure_spend,
  round(income * greatest(0, 0.06 + 0.20 * least(1, income / 120000.0) + 0.05 * luck))::bigint as savings,
  round(12 + 55 * raw.slice(xor(a, b), 0) * (0.6 + population / 14000000.0))::bigint as commute_minutes
from earned
order by city_id, household;
