-- What signed-in buyers did in visits, per buyer, way of dividing the visits, segment and window.
with visits as (
  select
    v.buyer_id, v.days_back, v.device, v.traffic_source as source, v.daypart, l.body, l.price_band, l.fuel, v.seconds, v.listing_views,
    v.photo_views, v.saves, v.compare_adds, v.contacts
  from {{ ref('stg_sessions') }} v
  left join {{ ref('stg_listings') }} l using (listing_id)
  where v.buyer_id is not null and v.days_back between 1 and 365
),
summed as (
  select
    buyer_id, days,
    case when grouping(device) = 0 then 'device' when grouping(source) = 0 then 'source' when grouping(daypart) = 0 then 'daypart'
      when grouping(body) = 0 then 'body' when grouping(price_band) = 0 then 'price_band' when grouping(fuel) = 0 then 'fuel'
      else 'all' end as segment_by,
    case when grouping(device, source, daypart, body, price_band, fuel) = 63 then 'all'
      else coalesce(device, source, daypart, body, price_band, fuel) end as segment,
    count(*) as visits,
    sum(seconds)::bigint as visit_seconds,
    sum(listing_views)::bigint as views,
    sum(photo_views)::bigint as photos_opened,
    sum(saves)::bigint as favourites,
    sum(compare_adds)::bigint as comparisons,
    sum(contacts)::bigint as contacts
  from visits
  join (values (30), (90), (365)) as lookback(days) on days_back <= days
  group by grouping sets (
    (buyer_id, days), (buyer_id, days, device), (buyer_id, days, source), (buyer_id, days, daypart), (buyer_id, days, body),
    (buyer_id, days, price_band), (buyer_id, days, fuel)
  )
)
-- Without a segment are the visits that were about no car in particular.
select *, visits / sum(visits) over (partition by buyer_id, days, segment_by)::double as share
from summed
where segment is not null
