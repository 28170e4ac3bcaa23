with around as (
  select
    c.seller_id, c.campaign_id,
    {{ features('around') }}
  from {{ ref('int_seller_campaigns') }} c
  left join {{ ref('int_seller_campaign_steps') }} s using (seller_id, campaign_id)
  where c.last_days_back > 30
  group by c.seller_id, c.campaign_id
)
select
  c.seller_id as SELLER_ID,
  c.campaign_id as CAMPAIGN_ID,
  c.last_sent_at::date + interval 31 days as MEASURED_AT,
  around.* exclude (seller_id, campaign_id),
  {{ stamp_column() }}
from {{ ref('int_seller_campaigns') }} c
join around using (seller_id, campaign_id)
