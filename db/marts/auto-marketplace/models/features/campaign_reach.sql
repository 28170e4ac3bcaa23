with messages as (
  select m.*, c.reach, (select count(*) from {{ ref('stg_sellers') }})::double as all_sellers
  from {{ ref('int_campaign_messages') }} m
  join {{ ref('stg_campaigns') }} c using (campaign_id)
)
select
  campaign_id as CAMPAIGN_ID,
  {{ features() }},
  {{ stamp_column() }}
from messages
group by campaign_id
