-- What happened in visits, per seller, way of dividing the visits, segment and window; `_before` is the time as long before it.
with summed as (
  select seller_id, segment_by, segment, days,
    {% for sum in ['visits', 'new_visits', 'signed_in_visits', 'one_page_visits', 'saving_visits', 'contact_visits', 'long_visits',
      'visit_seconds', 'impressions', 'views', 'photos_opened', 'favourites', 'shares', 'comparisons', 'call_taps', 'chats',
      'forms_begun', 'forms_sent', 'contacts'] -%}
    sum(case when step <= days then {{ sum }} else 0 end)::bigint as {{ sum }},
    {% endfor -%}
    {% for sum in ['visits', 'contact_visits', 'impressions', 'views', 'photos_opened', 'favourites', 'forms_begun', 'forms_sent',
      'contacts'] -%}
    sum(case when step > days then {{ sum }} else 0 end)::bigint as {{ sum }}_before{{ ',' if not loop.last }}
    {% endfor -%}
  from {{ ref('int_seller_visit_steps') }}
  join {{ lookbacks() }} on step <= 2 * days
  group by all
)
select *,
  sum(visits) over of_seller as all_visits,
  sum(views) over of_seller as all_views,
  sum(contacts) over of_seller as all_contacts
from summed
window of_seller as (partition by seller_id, segment_by, days)
