with travel as (
  select
    t.*, t.destination as segment, a.km_from_centre, a.reach_km,
    avg(road_km::decimal(9, 3)) over of_city as city_km,
    avg(minutes_morning::decimal(9, 3)) over of_city as city_minutes,
    percent_rank() over (of_city order by road_km) as km_percentile,
    percent_rank() over (of_city order by minutes_morning) as minutes_percentile
  from {{ ref('stg_area_travel') }} t
  join {{ ref('stg_areas') }} a using (area_id)
  window of_city as (partition by a.city_id, t.destination)
)
select
  area_id as AREA_ID,
  {{ features() }},
  {{ stamp_column() }}
from travel
group by area_id
