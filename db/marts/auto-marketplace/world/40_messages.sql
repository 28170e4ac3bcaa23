create table hidden.campaigns as
select *, starts_on::timestamp - interval 10 days as created_at,
  round({{ sellers }} * reach * (case channel when 'whatsapp' then 22 when 'sms' then 11 when 'push' then 6 else 8 end)
    * (0.7 + 0.6 * draw.u('budget', campaign_id)), -2)::bigint as budget_inr
from (select * rename (sent_on as starts_on) from read_csv('{{ seeds }}/campaigns.csv', header = true));

create table world.campaigns as
select campaign_id, campaign_name, channel, goal, starts_on, starts_on + 20 as ends_on, budget_inr, reach::double as reach, created_at
from hidden.campaigns order by campaign_id;

create table world.messages as
with invited as (
  select s.seller_id, s.k, s.n, s.k || ':' || c.campaign_id as mk, s.quality, s.left_at, o.mood, c.*
  from hidden.lives s cross join hidden.campaigns c
  join hidden.moods o on o.n = s.n and o.m = draw.month_of(c.starts_on::timestamp)
  where s.onboarded_at < c.starts_on::timestamp
    and draw.u('invited', s.k || ':' || c.campaign_id) < c.reach
    -- Win-back campaigns go to those who have left, the others to those who have not.
    and (case when c.goal = 'win_back' then coalesce(s.left_at < c.starts_on::timestamp, false) or s.quality < -0.6
      else coalesce(s.left_at > c.starts_on::timestamp - interval 60 days, true) end)
),
numbered as (
  select *, unnest(range(1 + floor(pow(draw.u('message-count', mk), 2) * 5)::bigint)) as i from invited
),
drawn as (
  select *, draw.bits('message', mk || ':' || i) as a, draw.bits('message2', mk || ':' || i) as b,
    draw.bits('message3', mk || ':' || i) as c,
    starts_on::timestamp + to_hours(4) + to_days((i * 3)::integer) + draw.seconds(draw.u('sent', mk || ':' || i) * 28800) as sent_at,
    -- A seller's own leaning to open, the channel they like, and how they do at the time.
    least(0.93, greatest(0.04, 0.36 + 0.12 * quality + 0.08 * mood + 0.13 * draw.g('opens', k) + 0.10 * draw.g('likes-' || channel, k)
      + 0.20 * appeal + (case channel when 'whatsapp' then 0.20 when 'sms' then 0.05
      when 'push' then -0.10 else -0.06 end) - (case when left_at < starts_on::timestamp then 0.2 else 0 end) - 0.05 * i)) as p
  from numbered
),
met as (
  select *, 
    case when draw.slice(a, 0) < 0.95 then sent_at + draw.seconds(2 + 240 * pow(draw.slice(c, 2), 4)) end as arrived_at,
    draw.slice(a, 1) < p as opens
  from drawn where sent_at < draw.ends()
),
opened as (
  select *, case when opens then arrived_at + draw.seconds(60 + exp(3 + 6 * draw.slice(a, 2)) * 6) end as seen_at from met
),
clicked as (
  select *,
    case when draw.slice(a, 3) < p * 0.62 then seen_at + draw.seconds(5 + 300 * draw.slice(c, 3)) end as click_at,
    case when draw.slice(b, 0) < p * 0.30 then seen_at + draw.seconds(40 + 5400 * draw.slice(xor(b, c), 0)) end as reply_at
  from opened
),
known as (
  select *, draw.happened(arrived_at) as delivered_at, draw.happened(seen_at) as opened_at, draw.happened(click_at) as clicked_at,
    draw.happened(reply_at) as replied_at,
    draw.happened(case when draw.slice(b, 1) < p * 0.55
      then click_at + draw.seconds(600 + 4 * 86400 * pow(draw.slice(xor(b, c), 1), 2)) end) as converted_at
  from clicked
)
select
  'M-' || campaign_id || '-' || lpad(n::varchar, 6, '0') || '-' || i as message_id, campaign_id, seller_id, channel,
  case when draw.slice(c, 0) < 0.5 then 'A' else 'B' end as variant, sent_at,
  delivered_at, opened_at, clicked_at, replied_at, converted_at,
  delivered_at is not null and draw.slice(b, 2) < 0.012 - 0.004 * quality as opted_out,
  delivered_at is not null and draw.slice(b, 3) < 0.004 as complained,
  case channel when 'whatsapp' then 78 when 'sms' then 22 when 'push' then 1 else 6 end as cost_paise,
  case when replied_at is not null then 1 + floor(38 * pow(draw.slice(c, 1), 2))::bigint end as reply_words
from known
order by message_id;

-- What is spent on showing a campaign, and what comes back; the appeal of a campaign shows in its clicks and orders.
create table world.campaign_days as
with days as (
  select c.*, (starts_on + i::integer) as day, campaign_id || ':' || i as k, i
  from hidden.campaigns c cross join range(21) as days(i)
),
spent as (
  select *, budget_inr / 12.0 * exp(-i / 9.0) * (0.7 + 0.6 * draw.u('spend', k)) as spend from days
),
shown as (
  select *, round(spend * 7 * (0.8 + 0.4 * draw.u('shown', k)))::bigint as impressions from spent
),
clicked as (
  select *, draw.whole(impressions * 0.021 * exp(0.6 * appeal + 0.15 * draw.g('clicks', k)), draw.u('clicks-round', k)) as clicks from shown
),
ordered as (
  select *, draw.whole(clicks * 0.055 * exp(0.5 * appeal + 0.2 * draw.g('orders', k)), draw.u('orders-round', k)) as orders from clicked
)
select campaign_id, day, impressions, clicks, round(spend, 2) as spend_inr, orders as attributed_orders,
  round(orders * (700 + 1500 * draw.u('order-worth', k)), 2) as attributed_revenue_inr,
  day::timestamp + interval 1 day as closed_at
from ordered
where day::timestamp + interval 1 day < draw.ends()
order by campaign_id, day;
