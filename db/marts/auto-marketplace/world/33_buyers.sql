create table hidden.buyers as
with drawn as (
  select i as n, 'B' || lpad(i::varchar, 7, '0') as buyer_id, 'b' || i as k, draw.bits('buyer', 'b' || i) as a,
    draw.bits('buyer2', 'b' || i) as b,
    date_trunc('second', draw.ends() - draw.seconds(draw.u('joined', 'b' || i) * 900 * 86400 + 3600)) as joined_at
  from range(1, 3 * {{ sellers }} + 1) as t(i)
),
housed as (
  select d.*, c.city_id, c.wealth as city_wealth, r.area_id, coalesce(r.wealth, c.wealth, 0.5) as wealth
  from drawn d
  left join hidden.cities c
    on draw.slice(a, 0) >= 0.04
    and floor(draw.u('buyer-city', d.k) * c.slot_count) >= c.slot_from and floor(draw.u('buyer-city', d.k) * c.slot_count) < c.slot_to
  left join hidden.areas r
    on r.city_id = c.city_id and draw.slice(a, 1) >= 0.12
    and r.ordinal = 1 + floor(draw.u('buyer-area', d.k) * r.area_count)::bigint
),
earning as (
  select *,
    case when draw.slice(a, 2) < 0.17 then '18-24' when draw.slice(a, 2) < 0.55 then '25-34' when draw.slice(a, 2) < 0.80 then '35-44'
      when draw.slice(a, 2) < 0.93 then '45-54' else '55+' end as age_band,
    case when draw.slice(a, 2) < 0.17 and draw.slice(a, 3) < 0.45 then 'student'
      when draw.slice(a, 2) >= 0.93 and draw.slice(a, 3) < 0.5 then 'retired'
      when draw.slice(a, 3) < 0.60 then 'salaried' when draw.slice(a, 3) < 0.92 then 'self_employed' else 'other' end as occupation,
    draw.g('buyer-luck', k) as luck,
    -- How carefully somebody handles money: it shows in how they compare, and in whether they pay back.
    draw.g('buyer-care', k) as care,
    draw.g('buyer-zeal', k) as zeal
  from housed
),
paid as (
  select *,
    26000 * exp(1.4 * (wealth - 0.4) + 0.55 * luck + (case age_band when '18-24' then -0.4 when '35-44' then 0.25
      when '45-54' then 0.35 else 0 end) + (case occupation when 'student' then -0.7 when 'retired' then -0.3
      when 'self_employed' then 0.1 else 0 end)) as income
  from earning
)
select *,
  -- Hidden creditworthiness.
  0.8 * care + 0.7 * luck + (case occupation when 'salaried' then 0.35 when 'student' then -0.4 when 'other' then -0.3 else 0 end) as credit,
  case when income > 170000 and draw.slice(b, 0) < 0.4 then 'luxury' when draw.slice(b, 0) < 0.40 - least(0.25, income / 500000) then 'hatchback'
    when draw.slice(b, 0) < 0.55 then 'sedan' when draw.slice(b, 0) < 0.88 then 'suv' else 'mpv' end as liked_body
from paid
order by n;

create table world.buyers as
select buyer_id, city_id, area_id, joined_at, age_band, occupation,
  case when draw.slice(b, 1) < 0.28 then null when income < 25000 then 'under_25k' when income < 50000 then '25k_50k'
    when income < 100000 then '50k_100k' when income < 200000 then '100k_200k' else 'over_200k' end as income_band,
  case when draw.slice(b, 2) < 0.75 then liked_body end as preferred_body,
  case when draw.slice(b, 3) < 0.65
    then greatest(60000, round(income * 9 * exp(0.3 * draw.g('budget', k)), -4))::bigint end as budget_inr,
  draw.u('exchange', k) < 0.16 + 0.25 * (age_band not in ('18-24', '25-34'))::integer as has_exchange_car,
  draw.u('uses-app', k) < 0.62 as uses_app,
  date_trunc('second', joined_at + draw.seconds(case when draw.u('buyer-edits', k) < 0.3
    then draw.u('buyer-edited', k) * date_diff('second', joined_at, draw.ends()) else 0 end)) as updated_at
from hidden.buyers order by buyer_id;

-- How keen a buyer is in a month; next month's keenness already shows in this month's browsing.
create table hidden.wants as
select n, buyer_id, city_id, m, zeal, want, lead(want, 1, 0) over (partition by n order by m) as want_next
from (
  select n, buyer_id, city_id, joined_at, m, zeal,
    0.6 * (shock + lag(shock, 1, 0) over past + lag(shock, 2, 0) over past) as want
  from (
    select b.*, m, draw.g('want', k || ':' || m) as shock from hidden.buyers b cross join range(-2, 20) as months(m)
  )
  window past as (partition by n order by m)
)
where m >= 0 and joined_at < draw.month(m)
order by n, m;

-- Who may be picked in a month, by city and in the whole country: a slot as wide as the buyer is keen.
create table hidden.buyer_slots as
select pool, m, buyer_id, sum(weight) over (partition by pool, m order by buyer_id) - weight as slot_from,
  sum(weight) over (partition by pool, m) as slots
from (
  select unnest([coalesce(city_id, 'nowhere'), 'anywhere']) as pool, m, buyer_id,
    round(1000 * exp(0.5 * zeal + 1.0 * want))::bigint + 1 as weight
  from hidden.wants where m < 19
);
