{{ config(materialized='view') }}
select
  change_id, listing_id, seller_id, old_price, new_price, changed_at,
  {{ days_back('changed_at') }} as changed_days_back,
  new_price < old_price as is_drop,
  new_price / old_price::double - 1 as change_share
from {{ source('conformed', 'price_changes') }}
