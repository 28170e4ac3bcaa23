with before as (
  select
    c.seller_id, c.campaign_id,
    {{ features('before') }}
  from {{ ref('int_seller_campaigns') }} c
  left join {{ ref('int_seller_campaign_steps') }} s using (seller_id, campaign_id)
  group by c.seller_id, c.campaign_id
),
compared as (
  select
    seller_id, campaign_id,
    {{ features('compared') }}
  from before
),
messages as (
  select m.*, c.goal
  from {{ ref('stg_messages') }} m
  join {{ ref('stg_campaigns') }} c using (campaign_id)
),
written as (
  select
    c.seller_id, c.campaign_id,
    count(distinct m.campaign_id) as campaigns_before,
    coalesce(bool_or(m.opted_out), false) as had_opted_out_before,
    {{ features('written') }}
  from {{ ref('int_seller_campaigns') }} c
  left join messages m on m.seller_id = c.seller_id and m.sent_at < c.first_sent_at
  group by c.seller_id, c.campaign_id
),
answered as (
  select
    seller_id, campaign_id,
    {{ features('answered') }}
  from written
),
stocks as (
  select
    c.seller_id, c.campaign_id,
    count(l.listing_id) as stock_at_campaign,
    coalesce(sum(l.asking_price), 0)::bigint as stock_value_at_campaign,
    {{ cast_to('float', "avg(date_diff('day', l.listed_at, c.first_sent_at))") }} as stock_age_at_campaign
  from {{ ref('int_seller_campaigns') }} c
  -- Comparisons alone: with an OR in it the engine would hold each campaign against the listings of all sellers.
  left join {{ ref('stg_listings') }} l
    on l.seller_id = c.seller_id and l.listed_at < c.first_sent_at and coalesce(l.ended_at, timestamp 'infinity') >= c.first_sent_at
  group by c.seller_id, c.campaign_id
),
plans as (
  select c.seller_id, c.campaign_id, arg_max(p.new_plan, (p.changed_at, p.change_id)) as plan_at_campaign
  from {{ ref('int_seller_campaigns') }} c
  join {{ ref('stg_plan_changes') }} p on p.seller_id = c.seller_id and p.changed_at < c.first_sent_at
  group by c.seller_id, c.campaign_id
)
select
  c.seller_id as SELLER_ID,
  c.campaign_id as CAMPAIGN_ID,
  c.first_sent_at as FIRST_SENT_AT,
  date_diff('day', s.onboarded_at, c.first_sent_at) as tenure_days_at_campaign,
  plan_at_campaign,
  stocks.* exclude (seller_id, campaign_id),
  before.* exclude (seller_id, campaign_id),
  compared.* exclude (seller_id, campaign_id),
  written.* exclude (seller_id, campaign_id),
  answered.* exclude (seller_id, campaign_id),
  {{ stamp_column() }}
from {{ ref('int_seller_campaigns') }} c
join {{ ref('stg_sellers') }} s using (seller_id)
join before using (seller_id, campaign_id)
join compared using (seller_id, campaign_id)
join written using (seller_id, campaign_id)
join answered using (seller_id, campaign_id)
join stocks using (seller_id, campaign_id)
left join plans using (seller_id, campaign_id)
