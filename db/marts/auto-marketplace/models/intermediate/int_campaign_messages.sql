-- What became of a campaign's messages, per campaign, way of dividing them and segment.
with messages as (
  select
    m.*, 'variant_' || lower(m.variant) as version, 'type_' || s.seller_type as type, 'plan_' || s.plan as plan,
    'tier_' || right(c.tier, 1) as tier, 'sent_' || m.daypart as moment
  from {{ ref('stg_messages') }} m
  join {{ ref('stg_sellers') }} s using (seller_id)
  left join {{ ref('stg_cities') }} c using (city_id)
)
select
  campaign_id,
  coalesce(version, type, plan, tier, moment, 'all') as segment,
  count(*) as sent,
  sum(is_delivered::integer)::bigint as delivered,
  sum(is_opened::integer)::bigint as opened,
  sum(is_clicked::integer)::bigint as clicked,
  sum(is_replied::integer)::bigint as replied,
  sum(is_converted::integer)::bigint as converted,
  sum(opted_out::integer)::bigint as opted_out,
  sum(complained::integer)::bigint as complained,
  sum(cost_paise)::bigint as cost_paise,
  count(distinct seller_id) as sellers,
  quantile_cont(seconds_to_open / 3600.0, [0.25, 0.5, 0.75]) as hours_to_open_at,
  median(date_diff('minute', sent_at, converted_at)) / 60 as hours_to_convert,
  avg(reply_words) as reply_words
from messages
group by grouping sets ((campaign_id), (campaign_id, version), (campaign_id, type), (campaign_id, plan), (campaign_id, tier), (campaign_id, moment))
having coalesce(version, type, plan, tier, moment) is not null or grouping(version, type, plan, tier, moment) = 31
