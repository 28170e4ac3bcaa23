-- What a campaign cost and brought in, per phase of it.
with days as (
  select
    d.*, date_diff('day', c.starts_on, d.day) as day_no,
    unnest(list_filter([
      'all',
      case when date_diff('day', c.starts_on, d.day) < 7 then 'week_1' when date_diff('day', c.starts_on, d.day) < 14 then 'week_2'
        else 'week_3' end,
      case when isodow(d.day) >= 6 then 'weekends' else 'working_days' end
    ], x -> x is not null)) as segment
  from {{ ref('stg_campaign_days') }} d
  join {{ ref('stg_campaigns') }} c using (campaign_id)
)
select
  campaign_id, segment,
  count(*) as days,
  sum(impressions)::bigint as impressions,
  sum(clicks)::bigint as clicks,
  sum(attributed_orders)::bigint as orders,
  sum(spend_inr::decimal(18, 2)) as spend_inr,
  sum(attributed_revenue_inr::decimal(18, 2)) as revenue_inr
from days
group by campaign_id, segment
