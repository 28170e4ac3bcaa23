-- Visits to sellers' pages, of three kinds: before an enquiry, of signed-in buyers who look around, and of strangers.
create table hidden.visits as
with enquiring as (
  select seller_id, listing_id, buyer_id, 'e:' || ek as vk, asked_at - draw.seconds(60 + 900 * draw.slice(lb, 0)) as started_at, quality, 'enquiry' as kind
  from hidden.leads where is_tracked
),
-- Listings on show in a month, a slot as wide as their draw.
shelves as (
  select *, sum(width) over (partition by pool, m order by listing_id) - width as slot_from, sum(width) over (partition by pool, m) as slots
  from (
    select unnest([coalesce(city_id, 'nowhere'), 'anywhere']) as pool, listing_id, seller_id, quality, m, from_at, to_at,
      1 + round(1000 * exp(0.4 * quality) * date_diff('hour', from_at, to_at) / 720)::bigint as width
    from (
      select *, greatest(listed_at, draw.month(m)) as from_at, least(over_at, draw.month(m + 1)) as to_at
      from (
        select city_id, listing_id, seller_id, quality, listed_at, over_at,
          unnest(range(draw.month_of(listed_at), least(18, draw.month_of(over_at)) + 1)) as m
        from hidden.listings where is_tracked
      )
    )
  )
),
totals as (
  select pool, m, max(slots) as slots from shelves group by all
),
browsing as (
  select *, 's:' || n || ':' || m || ':' || i as vk, draw.bits('browse', 's:' || n || ':' || m || ':' || i) as a
  from (
    select *, unnest(range(draw.whole(least(60, 0.62 * exp(0.45 * zeal + 0.45 * want + 0.75 * want_next)), draw.u('browse-round', n || ':' || m)))) as i
    from hidden.wants where m < 19
  )
),
aimed as (
  select b.*, t.pool, draw.slice(a, 0) * t.slots as at
  from browsing b join totals t
    on t.m = b.m and t.pool = (case when draw.slice(a, 1) < 0.7 and city_id is not null then city_id else 'anywhere' end)
),
browsed as (
  select l.seller_id, l.listing_id, b.buyer_id, b.vk,
    l.from_at + draw.seconds(draw.slice(b.a, 2) * date_diff('second', l.from_at, l.to_at)) as started_at, l.quality, 'browse' as kind
  from aimed b asof join shelves l on l.pool = b.pool and l.m = b.m and b.at >= l.slot_from
),
strangers as (
  select seller_id, listing_id, vk, quality, n, draw.slice(a, 2) as chance,
    listed_at + draw.seconds(60 + pow(draw.slice(a, 0) + draw.slice(a, 1) / 65536, 1.25) * (date_diff('second', listed_at, over_at) - 120)) as started_at
  from (
    select *, draw.bits('stranger', vk) as a from (
      select listing_id, seller_id, quality, n, listed_at, over_at, lk || ':' || v as vk from (
        select *, unnest(range(draw.whole(least(400, least(120, date_diff('hour', listed_at, over_at) / 24.0) * 0.22
          * exp(0.35 * quality + 0.03 * (photos - 7) - 1.2 * ln(asking / fair)) * (0.3 + 1.4 * draw.u('stranger-luck', lk))),
          draw.u('stranger-round', lk)))) as v
        from hidden.listings where is_tracked
      )
    )
  )
),
-- Festive autumns, quiet monsoons, busy weekends; and how the seller does at the time.
passing as (
  select s.seller_id, s.listing_id, null as buyer_id, 'a:' || s.vk as vk, s.started_at, s.quality, 'stranger' as kind
  from strangers s join hidden.moods o on o.n = s.n and o.m = draw.month_of(s.started_at)
  where s.chance * 3 < draw.season(s.started_at) * exp(0.5 * o.mood)
),
-- And the seller's own page, car or no car.
calling as (
  select seller_id, null as listing_id, null as buyer_id, vk,
    draw.month(m) + draw.seconds(draw.u('calling-at', vk) * date_diff('second', draw.month(m), draw.month(m + 1))) as started_at, quality, 'page' as kind
  from (
    select s.*, o.m, unnest(range(draw.whole(least(40, 1.5 * exp(0.5 * quality + 0.5 * o.mood)), draw.u('calling-round', k || ':' || o.m)))) as i,
      'p:' || k || ':' || o.m || ':' || i as vk
    from hidden.lives s join hidden.moods o on o.n = s.n and o.m between s.first_month and 18
    where is_tracked
  ) where started_at > onboarded_at and started_at < coalesce(left_at, draw.ends())
)
from enquiring union all by name from browsed union all by name from passing union all by name from calling;

create table world.sessions as
with drawn as (
  select v.*, date_trunc('second', v.started_at) as began, b.care, b.zeal, coalesce(draw.u('uses-app', b.k) < 0.62, false) as uses_app,
    draw.bits('visit-a', vk) as a, draw.bits('visit-b', vk) as b, draw.bits('visit-c', vk) as c, draw.bits('visit-d', vk) as d
  from hidden.visits v left join hidden.buyers b using (buyer_id)
),
opened as (
  select *,
    case when draw.slice(a, 0) < (case when uses_app then 0.78 when buyer_id is null then 0.38 else 0.08 end) then 'app'
      when draw.slice(a, 0) < 0.82 then 'mobile_web' else 'desktop' end as device,
    -- A stay in which nothing was opened, or as many cars as interest and leisure allow.
    case when kind = 'enquiry' then 1 + floor(5 * draw.slice(a, 1))::bigint
      when draw.slice(a, 2) < 0.34 - 0.04 * quality then 0 else 1 + floor(3.4 * pow(draw.slice(a, 1), 1.6) + 1.4 * draw.slice(a, 3))::bigint end as views,
    -- Saving and comparing tell of somebody who means to buy.
    case kind when 'enquiry' then 1.6 when 'browse' then 1 else 0.45 end as interest
  from drawn
),
asked as (
  select *, kind = 'enquiry' as asks, draw.slice(b, 0) as s0, draw.slice(b, 1) as s1, draw.slice(b, 2) as s2, draw.slice(b, 3) as s3 from opened
),
timed as (
  select *,
    round(8 + views * (25 + 90 * draw.slice(c, 0)) * (1 + 0.1 * quality) + 40 * draw.slice(c, 1) + asks::integer * 90)::bigint as seconds,
    case when draw.slice(d, 0) < 0.95 then 1 + 119 * draw.slice(d, 1) when draw.slice(d, 0) < 0.99 then 21600 * draw.slice(d, 1)
      else 21600 + 230000 * draw.slice(d, 1) end as delay
  from asked
),
logged as (
  select *, began + to_seconds(seconds) + draw.seconds(delay) as received_at from timed
)
select
  'e' || lower(hex(a)) || lower(hex(b)) as event_id, seller_id, listing_id, buyer_id,
  case when buyer_id is not null then 'v' || buyer_id || '-' || device[1] else 'v' || lower(hex(c)) end as visitor_id,
  device,
  case when draw.slice(d, 2) < 0.44 then 'search' when draw.slice(d, 2) < 0.70 then 'direct' when draw.slice(d, 2) < 0.84 then 'ads'
    when draw.slice(d, 2) < 0.94 then 'social' else 'email' end as traffic_source,
  draw.slice(d, 3) < (case when buyer_id is null then 0.68 when kind = 'browse' then 0.12 else 0.05 end) as is_new_visitor,
  began as started_at, seconds,
  views * 6 + floor(14 * draw.slice(c, 2))::bigint as search_impressions,
  views as listing_views, draw.whole(views * 2.2 * draw.slice(c, 3), s0) as photo_views,
  draw.whole(views * 0.085 * interest * (1 + 0.2 * quality) * (1 + 0.15 * coalesce(zeal, 0)), s1) as saves,
  draw.whole(views * 0.03, s2) as shares,
  draw.whole(views * 0.06 * interest * (1 + 0.35 * coalesce(care, 0)), s3) as compare_adds,
  case when asks then (s0 < 0.40)::bigint else draw.whole(views * 0.02 * interest, draw.slice(xor(a, b), 0)) end as call_clicks,
  case when asks then (s0 between 0.40 and 0.88)::bigint else draw.whole(views * 0.025 * interest, draw.slice(xor(a, b), 1)) end as chat_opens,
  case when asks and s0 > 0.88 then 1 else draw.whole(views * 0.03 * interest, draw.slice(xor(a, b), 2)) end as form_starts,
  (asks and s0 > 0.88)::bigint as form_submits,
  received_at
from logged
where received_at < draw.ends() and began >= draw.starts()
  {{ lost_sessions }};

-- What sellers did themselves: less and less before they leave.
create table world.seller_actions as
with hours as (
  select s.*, o.m, o.mood, unnest(range(draw.whole(least(40, 1.75 * exp(0.45 * quality + 0.7 * o.mood)), draw.u('action-round', k || ':' || o.m)))) as i,
    k || ':' || o.m || ':' || i as ak
  from hidden.lives s join hidden.moods o on o.n = s.n and o.m between s.first_month and 18
),
timed as (
  select *, draw.bits('action', ak) as a, draw.bits('action2', ak) as b,
    date_trunc('second', draw.month(m) + draw.seconds(draw.u('action-at', ak) * date_diff('second', draw.month(m), draw.month(m + 1)))) as started_at
  from hours
)
select 'e' || substr(md5('action:' || ak), 1, 24) as event_id, seller_id,
  case when draw.slice(a, 0) < 0.55 then 'app' when draw.slice(a, 0) < 0.7 then 'mobile_web' else 'desktop' end as device,
  started_at, 1 + floor(1.3 * draw.slice(a, 1))::bigint as logins, floor(1.5 * pow(draw.slice(a, 2), 2))::bigint as price_edits,
  floor(4 * pow(draw.slice(a, 3), 3))::bigint as photo_uploads,
  started_at + draw.seconds(60 + case when draw.slice(b, 0) < 0.97 then 3600 * draw.slice(b, 1) else 200000 * draw.slice(b, 1) end) as received_at
from timed
where started_at > onboarded_at and started_at < coalesce(left_at, draw.ends()) and received_at < draw.ends()
-- A record per seller and hour.
qualify row_number() over (partition by seller_id, date_trunc('hour', started_at) order by ak) = 1;
