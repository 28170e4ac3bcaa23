-- Listings that ended, sold or not, per city or area, way of dividing them, segment and window. Only a sold car has a price fetched.
with ended as (
  select *, case when is_sold then days_on_offer end as days_to_sell
  from {{ ref('int_place_cars') }}
  join {{ lookbacks() }} on ended_step <= days
  where days >= 30
),
summed as (
  select
    {{ place_columns() }}, days,
    {{ car_segment() }},
    count(*) as ended,
    sum(is_sold::integer)::bigint as sold,
    sum((listing_status = 'withdrawn')::integer)::bigint as withdrawn,
    sum(case when is_sold then sold_price end)::bigint as turnover,
    sum(case when is_sold then price_now end)::bigint as asked_of_sold,
    sum(case when is_sold then fair_price end)::bigint as fair_of_sold,
    sum(case when is_sold then enquiries end)::bigint as enquiries_of_sold,
    sum((is_sold and drops > 0)::integer)::bigint as sold_after_cut,
    sum((days_to_sell <= 14)::integer)::bigint as sold_in_14d,
    sum((days_to_sell <= 30)::integer)::bigint as sold_in_30d,
    sum(days_to_sell)::bigint as days_to_sell,
    quantile_cont(days_to_sell, [0.25, 0.5, 0.75]) as days_to_sell_at,
    median(case when is_sold then sold_price end) as median_sale,
    max(case when is_sold then sold_price end) as dearest_sale,
    count(distinct case when is_sold then seller_id end) as selling_sellers
  from ended
  group by grouping sets (
    (city_id, days), (city_id, days, body), (city_id, days, fuel), (city_id, days, age_band), (city_id, days, price_band),
    (city_id, days, make), (area_id, days), (area_id, days, body), (area_id, days, fuel), (area_id, days, age_band),
    (area_id, days, price_band)
  )
)
select *,
  sold / nullif(sum(sold) over of_place, 0)::double as share,
  turnover / nullif(sum(turnover) over of_place, 0)::double as turnover_share
from summed
where place_id is not null
window of_place as (partition by place_kind, place_id, segment_by, days)
