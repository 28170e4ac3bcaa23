with phases as (
  select campaign_id,
  {{ features('phases') }}
  from {{ ref('int_campaign_phases') }}
  group by campaign_id
),
days as (
  select d.*, date_diff('day', min(day) over (partition by campaign_id), day) as day_no from {{ ref('stg_campaign_days') }} d
),
daily as (
  select campaign_id,
  {{ features('daily') }}
  from days
  group by campaign_id
),
standing as (
  select campaign_id,
  {{ features('standing') }}
  from {{ ref('int_campaign_phases') }}
  join {{ ref('stg_campaigns') }} using (campaign_id)
  where segment = 'all'
)
select
  campaign_id as CAMPAIGN_ID,
  phases.* exclude (campaign_id),
  daily.* exclude (campaign_id),
  standing.* exclude (campaign_id),
  {{ stamp_column() }}
from phases
join daily using (campaign_id)
join standing using (campaign_id)
