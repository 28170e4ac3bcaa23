create table raw.listings as
with models as (
  select *, sum(popularity) over (order by make, model rows unbounded preceding) as slot_to, sum(popularity) over () as slot_count
  from read_csv('{{ seeds }}/car_models.csv', header = true)
),
stays as (
  select s.*, greatest(onboarded_at, raw.starts()) as from_at, coalesce(left_at, raw.as_of()) as to_at,
    case seller_type when 'individual' then 0.6 when 'independent_dealer' then 2.9 when 'franchise_dealer' then 3.3
      when 'broker' then 2.4 else 2.9 end as usual
  from raw.sellers s
),
counted as (
  select *,
    least(300, raw.whole(exp(usual + 0.7 * quality + 0.45 * raw.g('listing-count', k))
      * (0.25 + 0.75 * date_diff('day', from_at, to_at) / 540.0), raw.u('listing-round', k))) as listing_count
  from stays where from_at < to_at
),
numbered as (
  select *, unnest(range(listing_count)) as i from counted
),
keyed as (
  select *, k || ':' || i as lk, raw.bits('car', k || ':' || i) as a, raw.bits('car2', k || ':' || i) as b,
    raw.bits('car3', k || ':' || i) as c
  from numbered
),
cars as (
  select l.*, m.make, m.model, m.body, m.new_price_lakh,
    from_at + to_seconds(floor(raw.u('listed', lk) * date_diff('second', from_at, to_at))::bigint) as listed_at,
    1 + floor(13 * pow(raw.slice(a, 0), 1.4))::bigint as age,
    case when raw.slice(a, 1) < 0.47 then 'petrol' when raw.slice(a, 1) < 0.78 then 'diesel'
      when raw.slice(a, 1) < 0.92 and m.body <> 'luxury' then 'cng' when raw.slice(a, 1) < 0.96 then 'electric'
      else 'hybrid' end as fuel
  from keyed l
  join models m on floor(raw.slice(a, 2) * m.slot_count) >= m.slot_to - m.popularity
    and floor(raw.slice(a, 2) * m.slot_count) < m.slot_to
),
priced as (
  select *,
    round(age * 11200 * exp(0.38 * raw.g('km', lk)), -2)::bigint as kilometres,
    new_price_lakh * 100000 * pow(0.875, age) * (0.9 + 0.22 * coalesce(city_wealth, 0.55))
      * (case fuel when 'diesel' then 1.04 when 'electric' then 1.12 when 'cng' then 0.96 else 1 end) as usual_price
  from cars
),
offered as (
  select *, usual_price * exp(-(kilometres - age * 11200) / 380000.0) as fair,
    0.02 - 0.02 * quality + 0.09 * raw.g('asking', lk) as markup
  from priced
),
ended as (
  select *,
    listed_at + to_seconds(floor(-ln(1 - raw.u('sale', lk)) * 62 * 86400
      * exp(5 * markup - 0.30 * quality - 0.5 * (coalesce(area_wealth, 0.5) - 0.5)))::bigint) as would_sell_at,
    listed_at + interval 120 days as expires_at,
    case when raw.slice(b, 0) < 0.10 then listed_at + to_days(3 + floor(60 * raw.slice(b, 1))::integer) end as withdrawn_at
  from offered
)
select
  'L' || lpad(n::varchar, 6, '0') || '-' || lpad(i::varchar, 3, '0') as listing_id, lk, seller_id, quality, city_id,
  make, model, body, fuel, 2026 - age as model_year, kilometres, listed_at,
  least(raw.as_of(), to_at, would_sell_at, expires_at, coalesce(withdrawn_at, expires_at)) as ended_at,
  case when would_sell_at <= least(raw.as_of(), to_at, expires_at, coalesce(withdrawn_at, expires_at)) then 'sold'
    when least(to_at, expires_at, coalesce(withdrawn_at, expires_at)) >= raw.as_of() then 'active'
    when withdrawn_at < expires_at then 'withdrawn' else 'expired' end as listing_status,
  round(fair * exp(markup), -3)::bigint as asking_price,
  round(fair, -3)::bigint as fair_price,
  round(fair * exp(markup) * (0.90 + 0.08 * raw.slice(b, 2)), -3)::bigint as would_fetch,
  least(24, raw.whole(5 + 3.2 * quality + 5 * raw.slice(b, 3), raw.slice(c, 0))) as photos,
  case when raw.slice(c, 1) < 0.62 + 0.1 * quality then round(40 + 240 * raw.slice(c, 2) * (1 + 0.2 * quality))::bigint
    else 0 end as description_words,
  raw.slice(c, 3) < 0.28 + 0.10 * quality as is_inspected,
  round(least(100, greatest(20, 70 + 6 * quality - 1.6 * age + 7 * raw.g('inspection', lk))))::bigint as inspection_score,
  1 + floor(raw.u('owners', lk) * (0.8 + age / 4.0))::bigint as previous_owners,
  case when raw.u('gearbox', lk) < 0.22 + (case when body in ('luxury', 'suv') then 0.3 else 0 end) then 'automatic'
    else 'manual' end as transmission,
  case when raw.u('drops', lk) < 0.35 + 2 * greatest(markup, 0) then 1 + floor(raw.u('drops2', lk) * 3)::bigint else 0 end
    as price_drops,
  raw.u('boosted', lk) < (case plan when 'free' then 0.03 when 'silver' then 0.15 else 0.35 end) as is_boosted
from ended
order by listing_id;
