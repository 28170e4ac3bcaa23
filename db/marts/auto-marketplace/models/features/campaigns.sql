select
  campaign_id as CAMPAIGN_ID,
  campaign_name as CAMPAIGN_TITLE,
  channel as CHANNEL,
  goal as GOAL,
  starts_on as STARTS_ON,
  ends_on as ENDS_ON,
  ends_days_back > 0 as CAMPAIGN_IS_OVER,
  starts_days_back as DAYS_SINCE_START,
  month(starts_on) between 9 and 11 as IS_FESTIVE,
  budget_inr::bigint as CAMPAIGN_BUDGET_INR,
  {{ ratio('budget_inr', '100 * reach') }} as BUDGET_PER_POINT_INR,
  {{ cast_to('float', 'reach') }} as PLANNED_REACH,
  {{ stamp_column() }}
from {{ ref('stg_campaigns') }}
