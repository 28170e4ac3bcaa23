-- What happened in visits, per city or area, way of dividing the visits, segment and window.
with summed as (
  select place_kind, place_id, segment_by, segment, days,
    {% for sum in ['visits', 'new_visits', 'signed_in_visits', 'one_page_visits', 'contact_visits', 'saving_visits', 'visit_seconds',
      'impressions', 'views', 'photos_opened', 'favourites', 'shares', 'comparisons', 'call_taps', 'chats', 'forms_begun', 'forms_sent',
      'contacts'] -%}
    sum({{ sum }})::bigint as {{ sum }}{{ ',' if not loop.last }}
    {% endfor -%}
  from {{ ref('int_place_visit_steps') }}
  join {{ lookbacks() }} on step <= days
  where place_id is not null and segment <> 'none'
  group by all
)
select *,
  visits / nullif(sum(visits) over of_place, 0)::double as visit_share,
  contacts / nullif(sum(contacts) over of_place, 0)::double as contact_share
from summed
window of_place as (partition by place_kind, place_id, segment_by, days)
