{{ config(materialized='view') }}
select * exclude (status), valid_from as version_from, coalesce(valid_to, {{ end_at() }}) as version_to
from {{ source('conformed', 'sellers_history') }}
