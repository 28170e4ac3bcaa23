with remarks as (
  select n.area_id, c.dimension, c.weight::decimal(6, 1) as weight
  from raw.area_notes n
  join read_csv('{{ seeds }}/area_cues.csv', header = true) c on contains(n.note, c.cue)
),
scored as (
  select area_id,
  {{ columns.scored }}
  from remarks
  group by area_id
),
reading as (
  select area_id,
  {{ columns.read }}
  from raw.area_notes
  group by area_id
),
placed as (
  select scored.*, a.city_id, a.latitude, a.longitude from scored join raw.areas a using (area_id)
),
around as (
  select p.area_id,
  {{ columns.around }}
  from placed p
  join placed o on o.city_id = p.city_id and o.area_id <> p.area_id
    and raw.km(p.latitude, p.longitude, o.latitude, o.longitude) <= 5
  group by p.area_id
),
compared as (
  select area_id,
  {{ columns.compared }}
  from placed
)
select
  {{ columns.key }},
  reading.* exclude (area_id), scored.* exclude (area_id), compared.* exclude (area_id),
  around.* exclude (area_id),
  '{{ stamp }}' as STAMP
from scored
join reading using (area_id)
join compared using (area_id)
left join around using (area_id)
