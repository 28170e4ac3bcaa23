-- What a campaign's messages led to within a month of the last one: what came later, or is yet to come, is not known here.
with measured as (
  select
    *,
    least((max(sent_at) over (partition by seller_id, campaign_id))::date + interval 31 days, {{ end_at() }}) as measured_at
  from {{ ref('stg_messages') }}
),
known as (
  select
    * replace (
      {% for step in ['delivered', 'opened', 'clicked', 'replied', 'converted'] -%}
      coalesce({{ step }}_at < measured_at, false) as is_{{ step }},
      {% endfor -%}
      opted_out and coalesce(delivered_at < measured_at, false) as opted_out,
      complained and coalesce(delivered_at < measured_at, false) as complained,
      case when opened_at < measured_at then seconds_to_open end as seconds_to_open,
      case when replied_at < measured_at then reply_words end as reply_words
    )
  from measured
)
select
  m.seller_id as SELLER_ID,
  m.campaign_id as CAMPAIGN_ID,
  max(sent_at) as LAST_SENT_AT,
  any_value(measured_at) as MEASURED_AT,
  count(*) as messages_sent,
  {{ cast_to('decimal', 'sum(cost_paise) / 100') }} as message_cost,
  {{ ratio('sum(cost_paise) / 100', 'count(*) filter (is_opened)') }} as cost_per_open,
  {{ cast_to('float', 'avg(seconds_to_open) / 3600') }} as hours_to_open,
  {{ cast_to('float', 'min(seconds_to_open) / 3600') }} as fastest_open_hours,
  coalesce(sum(reply_words), 0)::bigint as reply_words,
  max(reply_words)::bigint as longest_reply_words,
  bool_or(opted_out) as has_opted_out,
  bool_or(complained) as has_complained,
  arg_max(case when opted_out then 'opted_out' when is_converted then 'converted' when is_replied then 'replied'
    when is_clicked then 'clicked' when is_opened then 'opened' when is_delivered then 'delivered' else 'failed' end,
    (sent_at, message_id)) as last_message_status,
  any_value(c.channel) as campaign_channel,
  any_value(c.goal) as campaign_goal,
  any_value(c.campaign_name) as campaign_name,
  {{ features() }},
  {{ stamp_column() }}
from known m
join {{ ref('stg_campaigns') }} c using (campaign_id)
group by m.seller_id, m.campaign_id
