-- What happened before and after a campaign wrote to a seller, in steps of days: -7 is the week before its first message, -14 the
-- week before that; 7 is the week after its last. Steps are summed to windows, which is far less than summing days.
with days as (
  select
    c.seller_id, c.campaign_id, d.days_back - c.first_days_back as days_before, c.last_days_back - d.days_back as days_after,
    d.* exclude (seller_id, days_back)
  from {{ ref('int_seller_campaigns') }} c
  join {{ ref('int_seller_activity_days') }} d
    on d.seller_id = c.seller_id and d.days_back between c.last_days_back - 30 and c.first_days_back + 90
)
select
  seller_id, campaign_id,
  case when days_before > 30 then -90 when days_before > 14 then -30 when days_before > 7 then -14 when days_before > 0 then -7
    when days_after <= 7 then 7 when days_after <= 14 then 14 else 30 end as step,
  {% for sum in ['visits', 'views', 'favourites', 'contacts', 'logins', 'photo_uploads', 'new_listings', 'cars_sold', 'turnover',
    'enquiries', 'answered', 'test_drives', 'price_drops'] -%}
  sum({{ sum }})::bigint as {{ sum }},
  {% endfor -%}
  {% for event in ['logins', 'new_listings', 'cars_sold', 'price_drops', 'enquiries'] -%}
  min(days_after) filter (days_after > 0 and {{ event }} > 0) as days_to_{{ event }}{{ ',' if not loop.last }}
  {% endfor -%}
from days
where days_before > 0 or days_after > 0
group by seller_id, campaign_id, step
