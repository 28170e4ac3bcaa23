create table hidden.listings as
with months as (
  select s.*, o.m, o.mood,
    greatest(onboarded_at, draw.month(o.m)) as from_at,
    least(coalesce(left_at, draw.ends()), draw.month(o.m + 1)) as to_at,
    case seller_type when 'individual' then 0.6 when 'independent_dealer' then 2.9 when 'franchise_dealer' then 3.3
      when 'broker' then 2.4 else 2.9 end as usual
  from hidden.lives s join hidden.moods o on o.n = s.n and o.m between s.first_month and 18
),
counted as (
  select *, k || ':' || m as mk,
    draw.whole(least(20, exp(usual + 0.7 * quality + 0.7 * mood + 0.4 * draw.g('listing-count', k)) / 19
      * date_diff('second', from_at, to_at) / 2629800.0), draw.u('listing-round', k || ':' || m)) as listing_count
  from months where from_at < to_at
),
keyed as (
  select *, mk || ':' || i as lk, draw.bits('car', mk || ':' || i) as a, draw.bits('car2', mk || ':' || i) as b,
    draw.bits('car3', mk || ':' || i) as c
  from (select *, unnest(range(listing_count)) as i from counted)
),
cars as (
  select l.*, m.make, m.model, m.body, m.new_price_lakh, m.favour,
    from_at + draw.seconds(draw.u('listed', lk) * (date_diff('second', from_at, to_at) - 7200)) as listed_at,
    1 + floor(13 * pow(draw.slice(a, 0), 1.4))::bigint as age,
    case when draw.slice(a, 1) < 0.47 then 'petrol' when draw.slice(a, 1) < 0.78 then 'diesel'
      when draw.slice(a, 1) < 0.92 and m.body <> 'luxury' then 'cng' when draw.slice(a, 1) < 0.96 then 'electric'
      else 'hybrid' end as fuel
  from keyed l
  join hidden.car_models m on floor(draw.slice(a, 2) * m.slot_count) >= m.slot_to - m.popularity
    and floor(draw.slice(a, 2) * m.slot_count) < m.slot_to
),
priced as (
  select *,
    round(age * 11200 * exp(0.38 * draw.g('km', lk)), -2)::bigint as kilometres,
    new_price_lakh * 100000 * pow(1.0035, m) * pow(0.875 + favour, age) * (0.9 + 0.22 * city_wealth)
      * (case fuel when 'diesel' then 1.04 when 'electric' then 1.12 when 'cng' then 0.96 else 1 end) as usual_price,
    0.02 - 0.02 * quality + 0.09 * draw.g('asking', lk) as markup,
    least(24, draw.whole(5 + 3.2 * quality + 5 * draw.slice(b, 3), draw.slice(c, 0))) as photos,
    draw.slice(c, 3) < 0.28 + 0.10 * quality as is_inspected
  from cars where date_diff('second', from_at, to_at) > 7200
),
offered as (
  select *, greatest(20000, round(usual_price * exp(-(kilometres - age * 11200) / 380000.0), -3)) as fair from priced
),
ending as (
  select *,
    listed_at + draw.seconds(3600 - ln(1 - draw.u('sale', lk)) * 75 * 86400
      * exp(5 * markup - 0.30 * quality - 0.25 * mood - 0.5 * (area_wealth - 0.5) - 0.03 * (photos - 7)
        - 0.2 * is_inspected::integer - 20 * favour)) as would_sell_at,
    listed_at + interval 120 days as expires_at,
    case when draw.slice(b, 0) < 0.10 then listed_at + to_days(3 + floor(60 * draw.slice(b, 1))::integer) end as withdrawn_at
  from offered
)
select *,
  'L' || lpad(n::varchar, 6, '0') || '-' || lpad((row_number() over (partition by n order by m, i))::varchar, 3, '0') as listing_id,
  date_trunc('second', least(would_sell_at, expires_at, coalesce(withdrawn_at, expires_at),
    greatest(coalesce(left_at, expires_at), listed_at + interval 1 hour))) as over_at,
  case when would_sell_at <= least(expires_at, coalesce(withdrawn_at, expires_at), coalesce(left_at, expires_at)) then 'sold'
    when least(coalesce(withdrawn_at, expires_at), coalesce(left_at, expires_at)) < expires_at then 'withdrawn'
    else 'expired' end as ending,
  round(fair * exp(markup), -3)::bigint as asking,
  (1 + floor(draw.u('drops2', lk) * 3)::bigint) * (draw.u('drops', lk) < 0.35 + 2 * greatest(markup, 0))::bigint as price_steps
from ending
order by listing_id;

create table world.price_changes as
with steps as (
  select *, listing_id || '-P' || i as change_id, draw.bits('price-step', lk || ':' || i) as a
  from (select * exclude (i), unnest(range(1, price_steps + 1)) as i from hidden.listings)
),
moved as (
  select *, listed_at + draw.seconds(86400 * (i * 14 - 6 * draw.slice(a, 0))) as changed_at,
    -- One change in ten is a rise.
    case when draw.slice(a, 1) < 0.1 then 1 + 0.04 * draw.slice(a, 2) else 0.97 - 0.06 * draw.slice(a, 2) end as factor
  from steps
),
walked as (
  select *, round(asking * product(factor) over so_far, -2)::bigint as new_price
  from moved window so_far as (partition by listing_id order by i rows unbounded preceding)
)
select change_id, listing_id, seller_id,
  lag(new_price, 1, asking) over (partition by listing_id order by i) * {{ paise_factor }} as old_price,
  new_price * {{ paise_factor }} as new_price, changed_at
from walked where changed_at < least(over_at, draw.ends())
order by change_id;

create table world.listings as
with changed as (
  select listing_id, max(changed_at) as changed_at from world.price_changes group by listing_id
),
known as (
  select l.*, c.changed_at, draw.happened(over_at) as ended,
    listed_at + draw.seconds(60 + 840 * draw.u('listing-written', lk)) as written
  from hidden.listings l left join changed c using (listing_id)
)
select
  listing_id, seller_id, city_id, area_id, make, model, body, fuel,
  case when draw.u('gearbox', lk) < 0.22 + (case when body in ('luxury', 'suv') then 0.3 else 0 end) then 'automatic'
    else 'manual' end as transmission,
  year(listed_at) - age as model_year,
  case when draw.u('km-told', lk) < 0.94 then kilometres end as kilometres,
  1 + floor(draw.u('owners', lk) * (0.8 + age / 4.0))::bigint as previous_owners,
  listed_at, written as written_at, ended as ended_at,
  case when ended is null then 'active' else ending end as listing_status,
  asking * {{ paise_factor }} as asking_price, fair::bigint as fair_price,
  case when ended is not null and ending = 'sold' then round(asking * (0.90 + 0.08 * draw.slice(b, 2)), -3)::bigint end
    as sold_price,
  photos,
  case when draw.slice(c, 1) < 0.62 + 0.1 * quality
    then round(40 + 240 * draw.slice(c, 2) * greatest(0.2, 1 + 0.2 * quality))::bigint else 0 end as description_words,
  is_inspected,
  case when is_inspected
    then round(least(100, greatest(20, 70 + 6 * quality - 1.6 * age + 7 * draw.g('inspection', lk))))::bigint end
    as inspection_score,
  draw.u('boosted', lk) < (case when seller_type = 'individual' then 0.03 else 0.16 + 0.06 * quality end) as is_boosted,
  date_trunc('second', greatest(written, changed_at, ended)) as updated_at
from known
order by listing_id;
