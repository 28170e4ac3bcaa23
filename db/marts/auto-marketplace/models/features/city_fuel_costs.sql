select
  city_id as CITY_ID,
  {{ features() }},
  {{ stamp_column() }}
from {{ ref('int_city_fuel_prices') }}
group by city_id
