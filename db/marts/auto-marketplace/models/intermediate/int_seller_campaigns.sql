-- A campaign's messages to a seller: when they began and ended.
select
  m.seller_id, m.campaign_id, any_value(c.channel) as channel, any_value(c.goal) as goal,
  min(m.sent_at) as first_sent_at, max(m.sent_at) as last_sent_at,
  max(m.sent_days_back) as first_days_back, min(m.sent_days_back) as last_days_back
from {{ ref('stg_messages') }} m
join {{ ref('stg_campaigns') }} c using (campaign_id)
group by m.seller_id, m.campaign_id
