create table raw.sellers as
with drawn as (
  select
    i as n, 'S' || lpad(i::varchar, 6, '0') as seller_id, i::varchar as k
  from range(1, {{ sellers }} + 1) as t(i)
),
typed as (
  select *,
    case when raw.u('type', k) < 0.30 then 'individual' when raw.u('type', k) < 0.68 then 'independent_dealer'
      when raw.u('type', k) < 0.82 then 'franchise_dealer' when raw.u('type', k) < 0.94 then 'broker'
      else 'fleet_operator' end as seller_type,
    -- The hidden worth of a seller: it drives how much is listed, how fast it is answered and what sells.
    raw.g('quality', k) as quality,
    date_trunc('second', raw.as_of() - to_seconds(floor(pow(raw.u('onboarded', k), 1.5) * 1500 * 86400)::bigint)) as onboarded_at
  from drawn
),
housed as (
  select t.*, c.city_id, c.wealth as city_wealth, a.area_id, a.wealth as area_wealth,
    a.latitude + 0.014 * (raw.u('seller-lat', k) - 0.5) as latitude,
    a.longitude + 0.015 * (raw.u('seller-lon', k) - 0.5) as longitude
  from typed t
  left join raw.cities c
    on raw.u('has-city', t.k) >= 0.03
    and floor(raw.u('city', t.k) * c.slot_count) >= c.slot_from and floor(raw.u('city', t.k) * c.slot_count) < c.slot_to
  left join raw.areas a
    on a.city_id = c.city_id and raw.u('has-area', t.k) >= 0.06
    and a.ordinal = 1 + floor(pow(raw.u('area', t.k), 1.4) * a.area_count)::bigint
),
lived as (
  select *,
    date_trunc('second', onboarded_at + to_seconds(floor(
      -ln(1 - raw.u('lifetime', k)) * 1900 * exp(0.45 * quality) * 86400)::bigint)) as would_leave_at
  from housed
)
select
  n, seller_id, k, seller_type, quality, onboarded_at, city_id, city_wealth, area_id, area_wealth, latitude, longitude,
  case when would_leave_at < raw.as_of() then would_leave_at end as left_at,
  case when raw.u('suspended', k) < 0.015 then 'suspended'
    when would_leave_at < raw.as_of() - interval 240 days then 'churned'
    when would_leave_at < raw.as_of() then 'dormant'
    when onboarded_at >= raw.as_of() - interval 30 days then 'new' else 'active' end as status,
  case when seller_type = 'individual' or quality + raw.g('plan', k) < 0.2 then 'free'
    when quality + raw.g('plan', k) < 1.0 then 'silver' when quality + raw.g('plan', k) < 1.9 then 'gold'
    else 'platinum' end as plan,
  raw.u('verified', k) < 0.45 + 0.18 * quality as is_verified,
  seller_type <> 'individual' and raw.u('gst', k) < 0.78 as has_gst,
  case seller_type when 'individual' then 1
    else 1 + floor(raw.u('staff', k) * exp(1.6 + 0.4 * quality))::bigint end as staff,
  -- Owners live near the shop, a few far away.
  latitude + 0.05 * raw.g('home-lat', k) as home_latitude,
  longitude + 0.05 * raw.g('home-lon', k) as home_longitude
from lived
order by n;
