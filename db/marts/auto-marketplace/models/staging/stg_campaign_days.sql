{{ config(materialized='view') }}
select
  campaign_id, day, impressions, clicks, spend_inr, attributed_orders, attributed_revenue_inr, closed_at,
  {{ days_back('day') }} as days_back
from {{ source('conformed', 'campaign_days') }}
