-- What a car was and is offered for, beside its fair value, the market's price for such a car, and the cars on offer at END.
with moves as (
  select
    listing_id, count(*) as moves, sum(is_drop::integer)::bigint as drops, sum((not is_drop)::integer)::bigint as rises,
    arg_max(new_price, changed_at) as last_price, min(changed_days_back) as last_move_days_back,
    max(changed_days_back) as first_move_days_back, min(change_share) as deepest_cut,
    sum(case when is_drop then old_price - new_price end)::bigint as cut_inr
  from {{ ref('stg_price_changes') }}
  group by listing_id
),
market as (
  select
    make, model, age_years,
    max(case when months_back = 0 then median_price_inr end) as market_price,
    max(case when months_back = 0 then new_price_inr end) as new_price,
    max(case when months_back = 0 then sample_size end) as market_sample,
    {% for months in [1, 3, 6, 12] -%}
    max(case when months_back = {{ months }} then median_price_inr end) as market_price_{{ months }}m,
    {% endfor -%}
    stddev_samp(median_price_inr) / avg(median_price_inr) as market_unrest
  from {{ ref('stg_market_prices') }}
  where months_back <= 12
  group by make, model, age_years
),
priced as (
  select
    l.listing_id, l.seller_id, l.city_id, l.model, l.body, l.price_band, l.is_active, l.asking_price, l.fair_price, l.price_to_fair,
    l.kilometres, l.age_years, l.photos, l.days_on_offer,
    coalesce(p.last_price, l.asking_price) as price_now, coalesce(p.moves, 0) as moves, coalesce(p.drops, 0) as drops,
    coalesce(p.rises, 0) as rises, p.deepest_cut, coalesce(p.cut_inr, 0) as cut_inr,
    l.listed_days_back - p.first_move_days_back as days_to_first_move,
    case when l.is_active then p.last_move_days_back end as last_move_days_back,
    m.* exclude (make, model, age_years)
  from {{ ref('stg_listings') }} l
  left join moves p using (listing_id)
  left join market m on m.make = l.make and m.model = l.model and m.age_years = l.age_years
),
-- Only what is on offer competes; where a car stands is not always known.
rivals as (
  select
    listing_id,
    {% for group, known in {'model': 'true', 'model_city': 'city_id is not null', 'body_city': 'city_id is not null',
      'band_city': 'city_id is not null', 'city': 'city_id is not null'}.items() -%}
    case when {{ known }} then count(*) over on_{{ group }} end as rivals_{{ group }},
    case when {{ known }} then rank() over (on_{{ group }} order by price_now) - 1 end as cheaper_{{ group }},
    case when {{ known }} then percent_rank() over (on_{{ group }} order by price_now) end as price_percentile_{{ group }},
    case when {{ known }} then percent_rank() over (on_{{ group }} order by price_now / fair_price::double) end as dearness_percentile_{{ group }}{{ ',' if not loop.last }}
    {% endfor %}
  from priced
  where is_active
  window
    on_model as (partition by model),
    on_model_city as (partition by model, city_id),
    on_body_city as (partition by body, city_id),
    on_band_city as (partition by price_band, city_id),
    on_city as (partition by city_id)
)
select * from priced left join rivals using (listing_id)
