-- What happened to a car in visits, per car and period: the first days on offer, the last days before END, and all of it.
with visits as (
  select
    v.*, l.listed_days_back - v.days_back as day_on_offer,
    case when l.listed_days_back - v.days_back < 3 then 3 when l.listed_days_back - v.days_back < 7 then 7
      when l.listed_days_back - v.days_back < 30 then 30 else 999 end as offer_step,
    case when v.days_back <= 7 then 7 when v.days_back <= 30 then 30 when v.days_back <= 90 then 90 else 999 end as back_step
  from {{ ref('stg_sessions') }} v
  join {{ ref('stg_listings') }} l using (listing_id)
),
steps as (
  select
    listing_id, offer_step, back_step,
    count(*) as visits,
    count(buyer_id) as signed_in_visits,
    sum(is_new_visitor::integer)::bigint as new_visits,
    sum((device = 'app')::integer)::bigint as app_visits,
    sum((traffic_source = 'search')::integer)::bigint as search_visits,
    sum((traffic_source = 'ads')::integer)::bigint as ad_visits,
    sum(is_weekend::integer)::bigint as weekend_visits,
    sum((contacts > 0)::integer)::bigint as contact_visits,
    sum(seconds)::bigint as visit_seconds,
    sum(search_impressions)::bigint as impressions,
    sum(photo_views)::bigint as photos_opened,
    sum(saves)::bigint as favourites,
    sum(shares)::bigint as shares,
    sum(compare_adds)::bigint as comparisons,
    sum(call_clicks)::bigint as call_taps,
    sum(chat_opens)::bigint as chats,
    sum(form_starts)::bigint as forms_begun,
    sum(form_submits)::bigint as forms_sent,
    sum(contacts)::bigint as contacts,
    min(day_on_offer) as first_visit_day,
    min(days_back) as last_visit_days_back
  from visits
  group by all
),
periods as (
  select *, unnest(list_filter([
    'ever',
    case when offer_step <= 3 then 'first_3d' end,
    case when offer_step <= 7 then 'first_7d' end,
    case when offer_step <= 30 then 'first_30d' end,
    case when back_step <= 7 then 'last_7d' end,
    case when back_step <= 30 then 'last_30d' end,
    case when back_step <= 90 then 'last_90d' end
  ], x -> x is not null)) as period
  from steps
)
select
  listing_id, period,
  {% for sum in ['visits', 'signed_in_visits', 'new_visits', 'app_visits', 'search_visits', 'ad_visits', 'weekend_visits', 'contact_visits',
    'visit_seconds', 'impressions', 'photos_opened', 'favourites', 'shares', 'comparisons', 'call_taps', 'chats', 'forms_begun',
    'forms_sent', 'contacts'] -%}
  sum({{ sum }})::bigint as {{ sum }},
  {% endfor -%}
  min(first_visit_day) as first_visit_day,
  min(last_visit_days_back) as last_visit_days_back
from periods
group by listing_id, period
