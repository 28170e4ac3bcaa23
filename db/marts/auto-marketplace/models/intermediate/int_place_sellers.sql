-- Sellers of a city or an area, per way of dividing them and segment, with what they put up and sold in 90 days.
with cars as (
  select
    seller_id,
    sum(is_active::integer)::bigint as on_offer,
    sum((listed_days_back <= 90)::integer)::bigint as listed_90d,
    sum((is_sold and ended_days_back <= 90)::integer)::bigint as sold_90d,
    sum(case when is_sold and ended_days_back <= 90 then sold_price end)::bigint as turnover_90d
  from {{ ref('stg_listings') }}
  group by seller_id
),
enquiries as (
  select seller_id, count(*) as enquiries, count(answer_minutes) as answered, sum(answer_minutes) as answer_minutes
  from {{ ref('stg_leads') }}
  where asked_days_back <= 90
  group by seller_id
),
sellers as (
  select
    s.*, 'type_' || s.seller_type as type, 'plan_' || s.plan as of_plan, 'is_' || s.status as state,
    coalesce(c.on_offer, 0) as on_offer, coalesce(c.listed_90d, 0) as listed_90d, coalesce(c.sold_90d, 0) as sold_90d,
    coalesce(c.turnover_90d, 0) as turnover_90d, coalesce(e.enquiries, 0) as enquiries, e.answered, e.answer_minutes
  from {{ ref('stg_sellers') }} s
  left join cars c using (seller_id)
  left join enquiries e using (seller_id)
  where s.city_id is not null
),
summed as (
  select
    {{ place_columns() }},
    case when grouping(type) = 0 then 'type' when grouping(of_plan) = 0 then 'plan' when grouping(state) = 0 then 'state' else 'all' end as segment_by,
    coalesce(type, of_plan, state, 'all') as segment,
    count(*) as sellers,
    sum(is_verified::integer)::bigint as verified,
    sum(has_gst::integer)::bigint as gst_registered,
    sum((onboarded_days_back <= 365)::integer)::bigint as joined_365d,
    sum(coalesce(left_days_back <= 365, false)::integer)::bigint as left_365d,
    sum(tenure_days)::bigint as tenure_days,
    sum(staff)::bigint as staff,
    count(staff) as staffed,
    sum((on_offer > 0)::integer)::bigint as stocked,
    sum(on_offer)::bigint as on_offer,
    sum(listed_90d)::bigint as listed_90d,
    sum(sold_90d)::bigint as sold_90d,
    sum(turnover_90d)::bigint as turnover_90d,
    max(turnover_90d) as most_turnover_90d,
    sum(turnover_90d::double * turnover_90d) / nullif(pow(sum(turnover_90d::double), 2), 0) as concentration_90d,
    sum(enquiries)::bigint as enquiries_90d,
    sum(answer_minutes)::bigint as answer_minutes_90d,
    sum(answered)::bigint as answered_90d
  from sellers
  group by grouping sets (
    (city_id), (city_id, type), (city_id, of_plan), (city_id, state), (area_id), (area_id, type), (area_id, of_plan)
  )
)
select *,
  sellers / sum(sellers) over of_place::double as share,
  turnover_90d / nullif(sum(turnover_90d) over of_place, 0)::double as turnover_share
from summed
where place_id is not null
window of_place as (partition by place_kind, place_id, segment_by)
