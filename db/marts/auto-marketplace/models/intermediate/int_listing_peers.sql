-- A car beside the cars put up in the days before it: of its model, of its body type in its city, of its seller.
{%- set groups = {'model': 'model', 'model_city': 'city_id, model', 'body_city': 'city_id, body',
  'seller': 'seller_id'} %}
{%- for group, columns in groups.items() %}
{%- for days in [30, 90] %}
{%- set peers = 'peers_' ~ group ~ '_' ~ days %}
{{ 'union all' if not (loop.first and group == 'model') }}
(
  select
    listing_id, '{{ group }}' as segment, {{ days }} as days,
    count(*) over {{ peers }} as peers,
    avg(asking_price) over {{ peers }} as mean_price,
    stddev_samp(asking_price) over {{ peers }} as price_deviation,
    min(asking_price) over {{ peers }} as least_price,
    avg(kilometres) over {{ peers }} as mean_km,
    avg(age_years) over {{ peers }} as mean_age,
    avg(photos) over {{ peers }} as mean_photos,
    avg(price_to_fair) over {{ peers }} as mean_price_to_fair
  from {{ ref('stg_listings') }}
  window {{ peers }} as (
    partition by {{ columns }} order by listed_at
    range between interval {{ days }} days preceding and interval 1 second preceding
  )
)
{%- endfor %}
{%- endfor %}
