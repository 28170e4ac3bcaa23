-- Buyers who asked about a listing: more where the price is right, the photos many, the seller good and in good form.
create table hidden.leads as
with counted as (
  select *, least(over_at, draw.ends()) as until,
    least(80, draw.whole(least(120, date_diff('hour', listed_at, least(over_at, draw.month(19))) / 24.0) * 0.045
      * exp(0.32 * quality + 0.3 * mood + 0.05 * (photos - 7) - 2.2 * ln(asking / fair)) * (0.4 + 1.2 * draw.u('lead-luck', lk)),
      draw.u('lead-round', lk))) as lead_count
  from (select * exclude (i) from hidden.listings)
),
numbered as (
  select *, lk || ':' || i as ek from (select *, unnest(range(lead_count)) as i from counted)
),
asked as (
  select *, draw.bits('lead', ek) as la, draw.bits('lead2', ek) as lb, draw.bits('lead3', ek) as lc,
    -- A fresh listing draws more.
    listed_at + draw.seconds(900 + pow(draw.u('lead-at', ek), 1.3) * (date_diff('second', listed_at, over_at) - 960)) as asked_at
  from numbered
),
placed as (
  select n, k, lk, ek, i, listing_id, seller_id, quality, mood, is_tracked, city_id, body, asking, asked_at, la, lb,
    draw.month_of(asked_at) as asked_month, coalesce(city_id, 'nowhere') as pool,
    draw.slice(lc, 0) as pick_1, draw.slice(lc, 1) as pick_2, draw.slice(lc, 2) as pick_3, draw.slice(lc, 3) < 0.72 as from_here
  from asked where asked_at < draw.ends()
),
pools as (
  select pool, m, max(slots) as slots from hidden.buyer_slots group by all
),
sought as (
  select p.*, here.slots * pick_1 as at_1, here.slots * pick_2 as at_2, all_over.slots * pick_3 as at_3
  from placed p
  left join pools here on here.pool = p.pool and here.m = p.asked_month
  join pools all_over on all_over.pool = 'anywhere' and all_over.m = p.asked_month
),
found as (
  select s.*, b1.buyer_id as buyer_1, b2.buyer_id as buyer_2, b3.buyer_id as buyer_3
  from sought s
  asof left join hidden.buyer_slots b1 on b1.pool = s.pool and b1.m = s.asked_month and s.at_1 >= b1.slot_from
  asof left join hidden.buyer_slots b2 on b2.pool = s.pool and b2.m = s.asked_month and s.at_2 >= b2.slot_from
  asof left join (from hidden.buyer_slots where pool = 'anywhere') b3 on b3.m = s.asked_month and s.at_3 >= b3.slot_from
)
select f.* exclude (buyer_1, buyer_2, buyer_3, at_1, at_2, at_3, pick_1, pick_2, pick_3),
  -- Of two at hand the one who likes such cars asks.
  case when from_here and buyer_1 is not null then (case when p2.liked_body = f.body then buyer_2 else buyer_1 end)
    else buyer_3 end as buyer_id
from found f left join hidden.buyers p2 on p2.buyer_id = f.buyer_2;

create table world.leads as
with drawn as (
  select l.*, b.zeal,
    case when draw.slice(la, 1) < 0.64 + 0.13 * quality + 0.06 * mood
      then draw.happened(asked_at + draw.seconds(60 * least(20000, 1 + exp(4.1 - 0.55 * quality + 1.05 * draw.g('lead-answer', ek)))))
      end as answered_at,
    draw.bits('lead4', ek) as ld,
    draw.happened(asked_at + draw.seconds(3600 + 10 * 86400 * draw.slice(draw.bits('lead4', ek), 1))) as met_at
  from hidden.leads l join hidden.buyers b using (buyer_id)
),
met as (
  select *,
    met_at is not null and draw.slice(la, 2) < 0.16 + 0.04 * quality + 0.02 * zeal as took_test_drive,
    case when met_at is not null and draw.slice(la, 3) < 0.11 + 0.015 * zeal
      then round(asking * (0.84 + 0.13 * draw.slice(ld, 0)), -3)::bigint end as offer_inr,
    case when met_at is not null and draw.slice(lb, 2) < 0.14 + 0.03 * quality
      then least(5, greatest(1, round(3.9 + 0.35 * quality + 2.4 * (draw.slice(lb, 3) - 0.5))))::bigint end as rating
  from drawn
)
select
  replace(listing_id, 'L', 'E') || '-' || lpad(i::varchar, 2, '0') as lead_id, listing_id, seller_id, buyer_id,
  case when draw.slice(la, 0) < 0.38 then 'call' when draw.slice(la, 0) < 0.64 then 'chat' when draw.slice(la, 0) < 0.88 then 'whatsapp'
    else 'form' end as channel,
  asked_at, answered_at, took_test_drive, offer_inr, rating,
  date_trunc('second', greatest(asked_at, answered_at,
    case when took_test_drive or offer_inr is not null or rating is not null then met_at end)) as updated_at
from met
order by lead_id;
