with cars as (
  select
    l.*,
    kilometres / greatest(age_years, 1)::double as km_per_year,
    hour({{ local_time('listed_at') }}) as listed_hour,
    isodow({{ local_time('listed_at') }}) as listed_isodow,
    month({{ local_time('listed_at') }}) as listed_month_no,
    row_number() over (partition by seller_id order by listed_at, listing_id) - 1 as seller_cars_before,
    lag(listed_days_back) over (partition by seller_id order by listed_at, listing_id) - listed_days_back as days_after_former
  from {{ ref('stg_listings') }} l
)
select
  listing_id as LISTING_ID,
  seller_id as SELLER_ID,
  {{ features() }},
  {{ stamp_column() }}
from cars
where listing_id in (select listing_id from {{ ref('listings') }})
