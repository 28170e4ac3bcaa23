with daily as (
  select buyer_id,
  {{ features('daily') }}
  from {{ ref('int_buyer_days') }}
  group by buyer_id
),
searched as (
  -- Who visited, but no car in particular, searched over none.
  select daily.buyer_id,
  {{ features('searched') }}
  from daily
  left join {{ ref('int_buyer_searches') }} searches on searches.buyer_id = daily.buyer_id
  group by daily.buyer_id
)
select
  b.buyer_id as BUYER_ID,
  b.city_id as CITY_ID,
  b.area_id as AREA_ID,
  daily.* exclude (buyer_id),
  searched.* exclude (buyer_id),
  {{ stamp_column() }}
from daily
join searched using (buyer_id)
join {{ ref('stg_buyers') }} b using (buyer_id)
