-- What sellers are compared by: one row per seller and measure, without the ones that are unknown.
with visited as (
  select seller_id, visits as visits_90d, views as looks_90d, contacts as contacts_90d, favourites as favourites_90d,
    impressions as appearances_90d, new_visits / nullif(visits, 0) as newcomer_share_90d, one_page_visits / nullif(visits, 0) as one_page_share_90d,
    visit_seconds / nullif(visits, 0) as seconds_per_visit_90d, contacts / nullif(views, 0) as contacts_per_look_90d,
    views / nullif(impressions, 0) as looks_per_appearance_90d, favourites / nullif(views, 0) as favourites_per_look_90d
  from {{ ref('int_seller_visits') }} where segment_by = 'all' and days = 90
),
asked as (
  select seller_id, enquiries as enquiries_90d, test_drives as test_drives_90d, offers as offers_90d,
    answered / nullif(enquiries, 0) as answered_share_90d, answered_in_1h / nullif(enquiries, 0) as hour_answer_share_90d,
    minutes_at[3] as median_answer_minutes_90d, test_drives / nullif(enquiries, 0) as test_drive_rate_90d,
    stars / nullif(ratings, 0) as stars_90d, local_enquiries / nullif(enquiries, 0) as local_share_90d
  from {{ ref('int_seller_enquiries') }} where segment_by = 'all' and days = 90
),
sold as (
  select seller_id, sold as cars_sold_180d, turnover as turnover_180d, sold / nullif(ended, 0) as sold_of_ended_180d,
    days_to_sell_at[2] as days_to_sell_180d, turnover / nullif(sold, 0) as sale_price_180d,
    1 - turnover / nullif(asked_of_sold, 0) as discount_180d, listed as cars_put_up_180d,
    enquiries_of_listed / nullif(listed, 0) as enquiries_per_car_180d
  from {{ ref('int_seller_sales') }} where segment_by = 'all' and days = 180
),
stocked as (
  select seller_id, cars as cars_on_offer, value_inr as stock_value, value_inr / nullif(cars, 0) as stock_price,
    age_years / nullif(cars, 0) as stock_age, kilometres / nullif(odometers, 0) as stock_km, photos / nullif(cars, 0) as photos_per_car,
    days_on_offer / nullif(cars, 0) as days_on_offer, over_60d / nullif(cars, 0) as over_60d_share,
    inspected / nullif(cars, 0) as inspected_share, boosted / nullif(cars, 0) as boosted_share
  from {{ ref('int_seller_stock') }} where segment_by = 'all'
),
priced as (
  select seller_id, asked_inr / nullif(fair_inr, 0) as asking_to_fair_365d, price_to_market_at[2] as price_to_market_365d,
    overpriced / nullif(cars, 0) as overpriced_share_365d, repriced / nullif(cars, 0) as repriced_share_365d
  from {{ ref('int_seller_pricing') }} where segment_by = 'all' and days = 365
),
written as (
  select seller_id, opened / nullif(sent, 0) as message_read_rate_365d, converted / nullif(sent, 0) as message_success_rate_365d
  from {{ ref('int_seller_messages') }} where segment_by = 'all' and days = 365
),
measures as (
  select s.seller_id, s.tenure_days,
    visited.* exclude (seller_id), asked.* exclude (seller_id), sold.* exclude (seller_id), stocked.* exclude (seller_id),
    priced.* exclude (seller_id), written.* exclude (seller_id)
  from {{ ref('stg_sellers') }} s
  left join visited using (seller_id)
  left join asked using (seller_id)
  left join sold using (seller_id)
  left join stocked using (seller_id)
  left join priced using (seller_id)
  left join written using (seller_id)
),
numbers as (
  -- Decimals, whose sums do not depend on the order of adding.
  select seller_id, columns(* exclude (seller_id))::decimal(19, 4) from measures
)
select seller_id, measure, value
from numbers
unpivot (value for measure in (columns(* exclude (seller_id))))
