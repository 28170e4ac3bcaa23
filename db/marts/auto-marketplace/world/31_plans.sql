-- Subscriptions: a seller pays for a term and decides at its end, by worth, luck and how the last months went.
create table hidden.terms as
with paying as (
  select s.*, [1, 3, 6, 12][1 + floor(4 * draw.u('term', k))::bigint] as months,
    quality + draw.g('plan', k) as liking
  from hidden.lives s
  where seller_type <> 'individual'
),
periods as (
  select *, unnest(range(0, 1 + date_diff('month', onboarded_at, least(coalesce(left_at, draw.ends()), draw.ends())) // months)) as i
  from paying
),
due as (
  select *, onboarded_at + to_months((i * months)::integer) as due_at, k || ':' || i as pk from periods
),
liked as (
  select d.*, liking + 0.45 * coalesce(o.mood_before, 0) + 0.12 * draw.g('plan-luck', pk)
      -- Whoever tries a plan stays awhile.
      + (case when i = 1 then 0.1 else 0 end) as wish,
    coalesce(o.mood_before, 0) as mood
  from due d left join hidden.moods o on o.n = d.n and o.m = draw.month_of(due_at)
  where due_at < least(coalesce(left_at, draw.ends()), draw.ends())
),
chosen as (
  select *, case when wish < 0.2 then 'free' when wish < 1.0 then 'silver' when wish < 1.9 then 'gold' else 'platinum' end as plan
  from liked
)
select *, draw.bits('renewal', pk) as a,
  i > 0 and draw.u('late', pk) < draw.sigmoid(-1.6 - 0.7 * quality - 0.6 * mood) as is_late,
  lag(plan) over (partition by n order by i) as plan_before
from chosen;

create table hidden.renewals as
select *,
  case when i = 0 then onboarded_at
    when is_late then due_at + draw.seconds(3600 + 20 * 86400 * draw.slice(a, 0))
    else due_at - draw.seconds(3 * 86400 * draw.slice(a, 0)) end as paid_at
from hidden.terms;

create table world.renewals as
select 'R' || lpad(n::varchar, 6, '0') || '-' || lpad(i::varchar, 3, '0') as renewal_id, seller_id, plan, months,
  round(months * (case plan when 'silver' then 999 when 'gold' then 2499 else 5999 end) * (100 - discount_pct) / 100.0)::bigint
    as amount_inr,
  case when draw.slice(a, 1) < 0.56 then 'upi' when draw.slice(a, 1) < 0.78 then 'card'
    when draw.slice(a, 1) < 0.93 then 'netbanking' else 'cheque' end as method,
  draw.slice(a, 2) < 0.38 + 0.06 * quality and not is_late as is_automatic,
  is_late, discount_pct, paid_at
from (
  select *, (case months when 12 then 15 when 6 then 8 else 0 end)
    + (case when draw.slice(a, 3) < 0.18 then 10 else 0 end) as discount_pct
  from hidden.renewals
)
where plan <> 'free' and paid_at < least(coalesce(left_at, draw.ends()), draw.ends())
order by renewal_id;

create table world.plan_changes as
with joined as (
  select 'P' || lpad(n::varchar, 6, '0') || '-000' as change_id, seller_id, null::varchar as old_plan, 'free' as new_plan,
    onboarded_at as changed_at
  from hidden.sellers where seller_type = 'individual'
  union all
  select 'P' || lpad(n::varchar, 6, '0') || '-' || lpad(i::varchar, 3, '0'), seller_id, plan_before, plan, paid_at
  from hidden.renewals
  where plan is distinct from plan_before and paid_at < least(coalesce(left_at, draw.ends()), draw.ends())
)
-- A late payer may be gone before the change was made; the plan before then still stood.
select change_id, seller_id, lag(new_plan) over (partition by seller_id order by changed_at, change_id) as old_plan, new_plan, changed_at
from joined order by change_id;

create table world.sellers as
with latest as (
  select seller_id, max_by(new_plan, changed_at) as plan, max(changed_at) as changed_at from world.plan_changes group by seller_id
),
told as (
  select l.*, p.plan, p.changed_at, draw.happened(left_at) as gone_at,
    draw.u('suspended', k) < 0.08 as was_suspended,
    onboarded_at + draw.seconds(draw.u('edited', k) * date_diff('second', onboarded_at, draw.ends())) as edited_at
  from hidden.lives l join latest p using (seller_id)
)
select
  seller_id,
  'Seller ' || lpad(n::varchar, 4, '0') || (case seller_type when 'individual' then '' when 'franchise_dealer' then ' Auto Plaza'
    when 'fleet_operator' then ' Fleet' else ' Motors' end) as seller_name,
  '+91-00000-' || lpad(n::varchar, 5, '0') as phone,
  'seller' || lpad(n::varchar, 4, '0') || '@example.com' as email,
  'Contact ' || lpad(n::varchar, 4, '0') as contact_name,
  case when draw.u('phone-told', k) < 0.83 then '+91-00001-' || lpad(n::varchar, 5, '0') end as contact_phone,
  seller_type, city_id, area_id, latitude, longitude,
  -- Owners live near the shop, a few far away.
  case when draw.u('home-told', k) < 0.71 then round(latitude + 0.05 * draw.g('home-lat', k), 6) end as home_latitude,
  case when draw.u('home-told', k) < 0.71 then round(longitude + 0.05 * draw.g('home-lon', k), 6) end as home_longitude,
  onboarded_at, gone_at as left_at,
  -- The status of the day on which the world ends.
  case when gone_at is not null and was_suspended then 'suspended'
    when gone_at < draw.ends() - interval 240 days then 'churned' when gone_at is not null then 'dormant'
    when onboarded_at >= draw.ends() - interval 30 days then 'new' else 'active' end as status,
  plan,
  draw.u('verified', k) < 0.45 + 0.18 * quality as is_verified,
  seller_type <> 'individual' and draw.u('gst', k) < 0.78 as has_gst,
  case when draw.u('staff-told', k) >= 0.86 then null when seller_type = 'individual' then 1
    else 1 + floor(draw.u('staff', k) * exp(1.6 + 0.4 * quality))::bigint end as staff,
  date_trunc('second', greatest(onboarded_at, changed_at, edited_at, gone_at)) as updated_at
from told
order by seller_id;
