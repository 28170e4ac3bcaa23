{{ config(materialized='view') }}
select
  campaign_id, campaign_name, channel, goal, starts_on, ends_on, budget_inr, reach, created_at,
  {{ days_back('starts_on') }} as starts_days_back,
  {{ days_back('ends_on') }} as ends_days_back,
  date_diff('day', starts_on, ends_on) + 1 as run_days
from {{ source('conformed', 'campaigns') }}
