{{ config(materialized='view') }}
-- The status of a version is left out: it is a matter of the day.
select * exclude (status, valid_to), coalesce(valid_to, {{ end_at() }}) as valid_to
from {{ source('conformed', 'sellers_history') }}
