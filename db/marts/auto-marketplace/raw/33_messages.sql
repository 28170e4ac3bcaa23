create table raw.messages as
with invited as (
  select s.seller_id, s.k || ':' || c.campaign_id as mk, s.quality, s.left_at, c.*
  from raw.sellers s cross join read_csv('{{ seeds }}/campaigns.csv', header = true) c
  where s.onboarded_at < c.sent_on::timestamp
    and raw.u('invited', s.k || ':' || c.campaign_id) < c.reach
    -- Win-back campaigns go to those who have left, the others to those who have not.
    and (case when c.goal = 'win_back' then coalesce(s.left_at < c.sent_on::timestamp, false) or s.quality < -0.6
      else coalesce(s.left_at > c.sent_on::timestamp - interval 60 days, true) end)
),
numbered as (
  select *, unnest(range(1 + floor(pow(raw.u('message-count', mk), 2) * 5)::bigint)) as i from invited
),
drawn as (
  select *, raw.bits('message', mk || ':' || i) as a, raw.bits('message2', mk || ':' || i) as b,
    raw.bits('message3', mk || ':' || i) as c,
    sent_on::timestamp + to_hours(4) + to_days((i * 3)::integer) + to_seconds(floor(raw.u('sent', mk || ':' || i) * 28800)::bigint)
      as sent_at,
    least(0.93, greatest(0.04, 0.36 + 0.13 * quality + 0.20 * appeal + (case channel when 'whatsapp' then 0.20 when 'sms' then 0.05
      when 'push' then -0.10 else -0.06 end) - (case when left_at < sent_on::timestamp then 0.2 else 0 end) - 0.05 * i)) as p
  from numbered
),
met as (
  select *, raw.slice(a, 0) < 0.95 as delivered, raw.slice(a, 0) < 0.95 and raw.slice(a, 1) < p as opened from drawn
  where sent_at < raw.as_of()
)
select
  seller_id, campaign_id, campaign_name, channel, goal, sent_at, delivered, opened,
  case when opened then sent_at + to_seconds(floor(60 + exp(3 + 6 * raw.slice(a, 2)) * 6)::bigint) end as opened_at,
  opened and raw.slice(a, 3) < p * 0.62 as clicked,
  opened and raw.slice(b, 0) < p * 0.30 as replied,
  opened and raw.slice(a, 3) < p * 0.62 and raw.slice(b, 1) < p * 0.55 as converted,
  raw.slice(b, 2) < 0.012 - 0.004 * quality as opted_out,
  delivered and raw.slice(b, 3) < 0.004 as complained,
  case channel when 'whatsapp' then 78 when 'sms' then 22 when 'push' then 1 else 6 end as cost_paise,
  case when raw.slice(c, 0) < 0.5 then 'A' else 'B' end as variant,
  case when opened and raw.slice(b, 0) < p * 0.30 then 1 + floor(38 * pow(raw.slice(c, 1), 2))::bigint end as reply_words
from met
order by seller_id, campaign_id, sent_at;
