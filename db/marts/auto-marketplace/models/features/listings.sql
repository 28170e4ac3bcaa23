select
  listing_id as LISTING_ID,
  seller_id as SELLER_ID,
  listed_at as LISTED_AT,
  least(written_at, {{ end_at() }}) as CREATED_AT,
  make as MAKE,
  model as MODEL,
  body as BODY,
  fuel as FUEL,
  transmission as TRANSMISSION,
  model_year::bigint as MODEL_YEAR,
  kilometres::bigint as KILOMETRES,
  previous_owners::bigint as PREVIOUS_OWNERS,
  asking_price::bigint as ASKING_PRICE_INR,
  photos::bigint as PHOTO_COUNT,
  nullif(description_words, 0)::bigint as DESCRIPTION_WORDS,
  (case when is_inspected then inspection_score end)::bigint as INSPECTION_SCORE,
  is_boosted as IS_BOOSTED,
  {{ stamp_column() }}
from {{ ref('stg_listings') }}
where listed_at >= {{ end_at() }} - interval 18 months
