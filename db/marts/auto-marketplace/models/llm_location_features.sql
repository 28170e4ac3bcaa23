with remarks as (
  select n.area_id, c.dimension, c.weight
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
  select scored.*, a.city_id from scored join raw.areas a using (area_id)
),
compared as (
  select area_id,
  {{ columns.compared }}
  from placed
)
select
  {{ columns.key }},
  reading.* exclude (area_id), scored.* exclude (area_id), compared.* exclude (area_id),
  '{{ stamp }}' as STAMP
from scored
join reading using (area_id)
join compared using (area_id)
