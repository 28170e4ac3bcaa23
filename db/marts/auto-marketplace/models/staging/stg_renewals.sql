{{ config(materialized='view') }}
select
  renewal_id, seller_id, plan, months, amount_inr, method, is_automatic, is_late, discount_pct, paid_at,
  {{ days_back('paid_at') }} as paid_days_back,
  {{ local_month('paid_at') }} as paid_month
from {{ source('conformed', 'renewals') }}
