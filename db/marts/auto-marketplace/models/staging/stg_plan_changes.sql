{{ config(materialized='view') }}
select
  change_id, seller_id, old_plan, new_plan, changed_at,
  {{ days_back('changed_at') }} as changed_days_back
from {{ source('conformed', 'plan_changes') }}
