{{ config(materialized='view') }}
select
  area_id, note_no, note, written_on,
  {{ days_back('written_on') }} as written_days_back
from {{ source('conformed', 'area_notes') }}
