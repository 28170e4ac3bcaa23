with scored as (
  select
    area_id,
    {{ features('scored') }}
  from {{ source('augment', 'area_remarks') }}
  group by area_id
),
reading as (
  select area_id, count(*) as llm_notes_read, sum(length(note))::bigint as llm_note_characters
  from {{ ref('stg_area_notes') }}
  group by area_id
),
placed as (
  select scored.*, a.city_id, a.latitude, a.longitude
  from scored
  join {{ ref('stg_areas') }} a using (area_id)
),
around as (
  select
    placed.area_id,
    {{ features('around') }}
  from placed
  join placed other
    on other.city_id = placed.city_id and other.area_id <> placed.area_id
    and {{ km('placed.latitude', 'placed.longitude', 'other.latitude', 'other.longitude') }} <= 5
  group by placed.area_id
),
compared as (
  select
    area_id,
    case when llm_affluence_score >= 80 then 'upmarket' when llm_industry_score >= 75 then 'industrial'
      when llm_office_life_score >= 75 then 'business' when llm_youthfulness_score >= 75 then 'student'
      when llm_family_life_score >= 70 then 'family' when llm_bargain_hunting_score >= 70 then 'bazaar'
      else 'mixed' end as llm_character,
    {{ cast_to('float', '(coalesce(llm_safety_score, 50) + coalesce(llm_greenery_score, 50)
      + coalesce(llm_cleanliness_score, 50) + coalesce(llm_walkability_score, 50)) / 4') }} as llm_liveability_score,
    {{ cast_to('float', '(2 * coalesce(llm_affluence_score, 50) + 2 * coalesce(llm_car_culture_score, 50)
      + coalesce(llm_newcomers_score, 50)) / 5') }} as llm_buyer_potential_score,
    {{ cast_to('float', '(coalesce(llm_trust_score, 50) + coalesce(llm_bargain_hunting_score, 50)
      + coalesce(llm_industry_score, 50)) / 3') }} as llm_trade_score,
    {{ features('compared') }}
  from placed
)
select
  scored.area_id as AREA_ID,
  reading.* exclude (area_id),
  scored.* exclude (area_id),
  compared.* exclude (area_id),
  around.* exclude (area_id),
  {{ stamp_column() }}
from scored
join reading using (area_id)
join compared using (area_id)
left join around using (area_id)
