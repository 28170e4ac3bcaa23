-- What signed-in buyers did in visits, per buyer, way of dividing the visits, segment and window.
with visits as (
  select
    v.buyer_id, v.days_back, v.device, v.traffic_source as source, v.daypart, l.body, l.price_band, l.fuel, v.seconds, v.listing_views,
    v.photo_views, v.saves, v.compare_adds, v.contacts
  from {{ ref('stg_sessions') }} v
  left join {{ ref('stg_listings') }} l using (listing_id)
  where v.buyer_id is not null and v.days_back between 1 and 365
)
{% for segment_by in ['all', 'device', 'source', 'daypart', 'body', 'price_band', 'fuel'] -%}
select
  buyer_id, days, {{ segment_columns(segment_by) }},
  count(*) as visits,
  sum(seconds)::bigint as visit_seconds,
  sum(listing_views)::bigint as views,
  sum(photo_views)::bigint as photos_opened,
  sum(saves)::bigint as favourites,
  sum(compare_adds)::bigint as comparisons,
  sum(contacts)::bigint as contacts,
  count(*) / sum(count(*)) over (partition by buyer_id, days)::double as share
from visits
join (values (30), (90), (365)) as lookback(days) on days_back <= days
{%- if segment_by != 'all' %}
-- Without a segment are the visits that were about no car in particular.
where {{ segment_by }} is not null
{%- endif %}
{{ group_by_segment('buyer_id, days', segment_by, loop.last) }}
{% endfor %}
