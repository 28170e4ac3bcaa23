-- How widely a buyer looks, per window: over how many cars, sellers and models, at what prices, how often at the same car.
select
  buyer_id, days,
  count(*) as cars,
  count(distinct seller_id) as sellers,
  count(distinct model) as models,
  count(distinct make) as makes,
  count(distinct body) as bodies,
  count(distinct city_id) as cities,
  sum((visits > 1)::integer)::bigint as cars_seen_again,
  max(visits) as most_visits_to_one,
  sum(visits)::bigint as visits,
  sum((saves > 0)::integer)::bigint as cars_saved,
  sum((is_sold)::integer)::bigint as cars_gone,
  sum((is_active and (saves > 0 or visits > 1))::integer)::bigint as wanted_on_offer,
  avg(asking_price) as mean_price,
  median(asking_price) as median_price,
  round(stddev_samp(asking_price) / nullif(avg(asking_price), 0), 9) as price_spread,
  max(asking_price) as greatest_price,
  min(asking_price) as least_price,
  avg(age_years) as mean_age,
  avg(kilometres) as mean_km,
  round(avg(price_to_fair), 9) as mean_price_to_fair
from {{ ref('int_buyer_cars') }}
where visits > 0
group by buyer_id, days
