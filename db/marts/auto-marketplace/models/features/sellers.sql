select
  seller_id as SELLER_ID,
  city_id as CITY_ID,
  area_id as AREA_ID,
  seller_name as SELLER_NAME,
  phone as PHONE,
  email as EMAIL,
  seller_type as SELLER_TYPE,
  status as STATUS,
  plan as PLAN,
  onboarded_at::date as ONBOARDED_ON,
  is_verified as IS_VERIFIED,
  has_gst as HAS_GST,
  staff::bigint as STAFF_COUNT,
  {{ stamp_column() }}
from {{ ref('stg_sellers') }}
