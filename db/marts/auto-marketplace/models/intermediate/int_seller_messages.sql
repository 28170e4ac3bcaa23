-- Campaign messages, per seller, way of dividing them, segment and window in which they were sent.
with messages as (
  select m.*, c.goal, days
  from {{ ref('stg_messages') }} m
  join {{ ref('stg_campaigns') }} c using (campaign_id)
  join {{ lookbacks() }} on m.sent_days_back between 1 and days
)
select
  seller_id, days,
  case when grouping(channel) = 0 then 'channel' when grouping(goal) = 0 then 'goal' else 'all' end as segment_by,
  coalesce(channel, goal, 'all') as segment,
  count(*) as sent,
  count(distinct campaign_id) as campaigns,
  count(distinct case when is_opened then campaign_id end) as campaigns_opened,
  count(delivered_at) as delivered,
  count(opened_at) as opened,
  count(case when seconds_to_open <= 3600 then 1 end) as opened_in_1h,
  count(clicked_at) as clicked,
  count(replied_at) as replied,
  count(converted_at) as converted,
  sum(reply_words) as reply_words,
  quantile_cont(seconds_to_open / 3600, [0.25, 0.5, 0.75]) as hours_to_open_at
from messages
group by grouping sets ((seller_id, days), (seller_id, days, channel), (seller_id, days, goal))
