with near as (
  select area_id, {{ features('near') }}
  from {{ source('augment', 'area_similarities') }}
  group by area_id
),
ranked as (
  select
    area_id,
    {{ features('ranked') }}
  from near
  join {{ ref('stg_areas') }} using (area_id)
)
select
  j.area_id as AREA_ID,
  j.quality_score as area_quality_score,
  j.neighbourhood_class,
  j.maker as judged_by,
  {{ cast_to('float', 'percent_rank() over (partition by a.city_id order by j.quality_score)') }} as area_quality_city_percentile,
  {{ cast_to('float', 'j.quality_score - avg(j.quality_score::decimal(9, 2)) over (partition by a.city_id)') }} as area_quality_city_gap,
  {{ cast_to('float', 's.square_km') }} as area_square_km,
  {{ cast_to('float', 's.perimeter_km') }} as area_perimeter_km,
  {{ cast_to('float', 's.compactness') }} as area_compactness,
  {{ cast_to('float', 's.geocode_offset_km') }} as geocode_offset_km,
  {{ cast_to('float', 's.geocode_confidence') }} as geocode_confidence,
  {{ cast_to('float', 's.detour') }} as road_detour,
  near.* exclude (area_id),
  ranked.* exclude (area_id),
  {{ stamp_column() }}
from {{ source('augment', 'area_judgements') }} j
join {{ ref('stg_areas') }} a using (area_id)
left join {{ source('augment', 'area_shapes') }} s using (area_id)
left join near using (area_id)
left join ranked using (area_id)
