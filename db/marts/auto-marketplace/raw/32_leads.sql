-- Buyers who asked about a listing: more where the price is right, the photos many and the seller good.
create table raw.leads as
with counted as (
  select *,
    least(80, raw.whole(date_diff('hour', listed_at, ended_at) / 24.0 * 0.17 * exp(0.32 * quality + 0.05 * (photos - 7)
      - 2.2 * ln(asking_price / fair_price::double)) * (0.4 + 1.2 * raw.u('lead-luck', lk)), raw.u('lead-round', lk))) as lead_count
  from raw.listings
),
numbered as (
  select *, unnest(range(lead_count)) as i from counted
),
drawn as (
  select *, raw.bits('lead', lk || ':' || i) as a, raw.bits('lead2', lk || ':' || i) as b,
    raw.u('lead-at', lk || ':' || i) as moment, raw.g('lead-answer', lk || ':' || i) as pace
  from numbered
)
select
  listing_id, seller_id,
  listed_at + to_seconds(floor(moment * date_diff('second', listed_at, ended_at))::bigint) as asked_at,
  case when raw.slice(a, 0) < 0.38 then 'call' when raw.slice(a, 0) < 0.64 then 'chat' when raw.slice(a, 0) < 0.88 then 'whatsapp'
    else 'form' end as channel,
  case when raw.slice(a, 1) < 0.64 + 0.13 * quality then least(20000, 1 + round(exp(4.1 - 0.55 * quality + 1.05 * pace)))::bigint end
    as answer_minutes,
  raw.slice(a, 2) < 0.16 + 0.04 * quality as took_test_drive,
  raw.slice(a, 3) < 0.11 as made_offer,
  raw.slice(b, 0) < 0.72 as same_city_buyer,
  raw.slice(b, 1) < 0.19 as returning_buyer,
  case when raw.slice(b, 2) < 0.14 + 0.03 * quality then least(5, greatest(1, round(3.9 + 0.35 * quality + 2.4 * (raw.slice(b, 3) - 0.5))))::bigint
    end as rating,
  asking_price, body
from drawn
order by listing_id, i;
