with listed as (
  select
    seller_id,
    count(*) as total_listings,
    count(distinct make) as makes_listed,
    {{ cast_to('float', 'avg(age_years)') }} as mean_model_age_years,
    {{ cast_to('float', 'avg(kilometres)') }} as mean_odometer_km,
    {{ cast_to('float', "avg((transmission = 'automatic')::integer)") }} as automatic_share,
    {{ cast_to('float', 'min(asking_price)') }} as min_asking_price,
    {{ cast_to('float', 'median(asking_price)') }} as median_asking_price,
    {{ cast_to('float', 'avg(asking_price)') }} as mean_asking_price,
    {{ cast_to('float', 'max(asking_price)') }} as max_asking_price,
    {{ cast_to('float', 'avg(price_to_fair)') }} as asking_to_fair_ratio,
    {{ cast_to('float', 'avg((asking_price > 1.1 * fair_price)::integer)') }} as overpriced_share,
    1 - {{ ratio('sum(sold_price)', 'sum(asking_price) filter (is_sold)') }} as negotiated_discount,
    {{ cast_to('float', 'avg(price_drops)') }} as price_drops_per_listing,
    coalesce(sum(asking_price) filter (is_active), 0)::bigint as active_stock_value,
    {{ cast_to('float', 'avg(photos)') }} as mean_photos,
    {{ cast_to('float', 'avg((photos < 5)::integer)') }} as few_photos_share,
    {{ cast_to('float', 'avg(description_words)') }} as mean_description_words,
    {{ cast_to('float', 'avg(is_inspected::integer)') }} as inspected_share,
    {{ cast_to('float', 'avg(inspection_score) filter (is_inspected)') }} as mean_inspection_score,
    {{ cast_to('float', 'avg(is_boosted::integer)') }} as boosted_share,
    count(*) filter (is_active and listed_days_back > 45) as stale_active_listings,
    min(listed_days_back) as days_since_last_listing,
    min(ended_days_back) filter (is_sold) as days_since_last_sale,
    {{ features('listed') }}
  from {{ ref('int_listings') }}
  where listed_at >= {{ end_at() }} - interval 18 months
  group by seller_id
),
asked as (
  select
    seller_id,
    count(*) as lead_count,
    min(asked_days_back) as days_since_last_lead,
    {{ features('asked') }}
  from {{ ref('int_leads') }}
  where asked_at >= {{ end_at() }} - interval 18 months
  group by seller_id
)
select
  s.seller_id as SELLER_ID,
  s.contact_name,
  s.contact_phone,
  s.tenure_days,
  s.has_left as is_dormant,
  {{ ratio('lead_count', 'total_listings') }} as leads_per_listing,
  {{ ratio('lead_count', 'sold_listings') }} as leads_per_sale,
  {{ ratio('leads_30d * 3', 'leads_90d') }} as lead_trend_30d_vs_90d,
  {{ ratio('listings_sold_90d * 4', 'listings_sold_365d') }} as sales_trend_90d_vs_365d,
  s.plan as subscription_plan,
  case when s.has_left then 'lapsed' when coalesce(leads_30d, 0) = 0 then 'quiet' when leads_30d < 10 then 'steady'
    else 'busy' end as engagement_segment,
  listed.* exclude (seller_id),
  asked.* exclude (seller_id, lead_count),
  {{ stamp_column() }}
from {{ ref('stg_sellers') }} s
join listed on listed.seller_id = s.seller_id
left join asked on asked.seller_id = s.seller_id
