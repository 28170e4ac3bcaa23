-- Short notes on areas, put together from a bank of phrases by what each area is like. One area in ten has none.
create table world.area_notes as
with phrases as (
  select dimension, level, list(phrase order by phrase) as said
  from read_csv('{{ seeds }}/area_phrases.csv', header = true) group by dimension, level
),
felt as (
  select a.area_id, d.dimension, a.area_id || ':' || d.dimension as k,
    d.base + d.wealth * a.wealth + d.bustle * a.bustle + d.greenery * a.greenery + d.safety * a.safety
      + 0.15 * draw.g('note-felt', a.area_id || ':' || d.dimension) as strength
  from hidden.areas a cross join read_csv('{{ seeds }}/area_dimensions.csv', header = true) d
  where draw.u('note-area', a.area_id) >= 0.10
),
-- Those who write do not all see the same.
noted as (
  select *, strength + 0.07 * draw.g('note-eye' || n, k) as seen
  from felt cross join range(4) as notes(n)
  where draw.u('note-written' || n, area_id) < 0.8
),
graded as (
  select *, case when seen < 0.38 then 'low' when seen < 0.62 then 'mid' else 'high' end as level from noted
  where draw.u('note-said' || n, k) < 0.6
)
select
  area_id, n as note_no,
  string_agg(said[1 + floor(draw.u('note-phrase' || n, k) * len(said))::bigint], '. ' order by dimension) as note,
  date '2024-09-01' + floor(820 * draw.u('note-on' || n, area_id))::integer as written_on
from graded join phrases using (dimension, level)
group by area_id, n
order by area_id, n;
