create table hidden.sellers as
with drawn as (
  select i as n, 'S' || lpad(i::varchar, 6, '0') as seller_id, i::varchar as k
  from range(1, {{ sellers }} + 1) as t(i)
),
typed as (
  select *,
    case when draw.u('type', k) < 0.30 then 'individual' when draw.u('type', k) < 0.68 then 'independent_dealer'
      when draw.u('type', k) < 0.82 then 'franchise_dealer' when draw.u('type', k) < 0.94 then 'broker'
      else 'fleet_operator' end as seller_type,
    -- The hidden worth of a seller: it drives how much is listed, how fast it is answered, what sells and who stays.
    draw.g('quality', k) as quality,
    date_trunc('second', draw.ends() - draw.seconds(pow(draw.u('onboarded', k), 1.5) * 1500 * 86400 + 3600)) as onboarded_at
  from drawn
)
select t.*, c.city_id, coalesce(c.wealth, 0.55) as city_wealth, a.area_id, coalesce(a.wealth, 0.5) as area_wealth,
  round(a.latitude + 0.014 * (draw.u('seller-lat', k) - 0.5), 6) as latitude,
  round(a.longitude + 0.015 * (draw.u('seller-lon', k) - 0.5), 6) as longitude,
  greatest(0, draw.month_of(onboarded_at)) as first_month,
  -- An old app without tracking: one seller in twelve was never seen.
  draw.u('untracked', k) >= 0.08 as is_tracked
from typed t
left join hidden.cities c
  on draw.u('has-city', t.k) >= 0.03
  and floor(draw.u('city', t.k) * c.slot_count) >= c.slot_from and floor(draw.u('city', t.k) * c.slot_count) < c.slot_to
left join hidden.areas a
  on a.city_id = c.city_id and draw.u('has-area', t.k) >= 0.06
  and a.ordinal = 1 + floor(pow(draw.u('area', t.k), 1.4) * a.area_count)::bigint
order by n;

-- How well a seller does in a month. It moves slowly, so that what was seen lately tells of what comes.
create table hidden.moods as
with shocks as (
  select n, k, quality, first_month, m, draw.g('mood', k || ':' || m) as shock
  from hidden.sellers cross join range(-2, 19) as months(m)
)
select n, m, mood, avg(mood) over (partition by n order by m rows between 2 preceding and 1 preceding) as mood_before
from (
  select n, k, m, 0.55 * (shock + lag(shock, 1, 0) over past + lag(shock, 2, 0) over past) as mood
  from shocks window past as (partition by n order by m)
);

create table hidden.lives as
with before as (
  select *, onboarded_at + draw.seconds(-ln(1 - draw.u('lifetime', k)) * 1900 * exp(0.45 * quality) * 86400) as early
  from hidden.sellers
),
gone as (
  select s.n, min(o.m) as left_month
  from hidden.sellers s join hidden.moods o on o.n = s.n and o.m > s.first_month
  where draw.u('leave', s.k || ':' || o.m) < 0.013 * exp(-0.45 * s.quality - 0.85 * o.mood_before)
  group by s.n
)
select s.*,
  case when early < draw.starts() then date_trunc('second', early)
    else draw.month(left_month) + draw.seconds(draw.u('left-at', k) * 27 * 86400) end as left_at
from before s left join gone using (n)
order by n;
