{#
  A model that divides many rows in several ways does it one way after the other, by a loop over ['all', 'device', …]: grouping
  sets would hold the groups of all ways in memory at once.
#}
{% macro segment_columns(segment_by) -%}
'{{ segment_by }}' as segment_by, {{ "'all'" if segment_by == 'all' else segment_by }} as segment
{%- endmacro %}

{# The grouping of one way, and what leads to the next. #}
{% macro group_by_segment(keys, segment_by, is_last) -%}
group by {{ keys }}{% if segment_by != 'all' %}, {{ segment_by }}{% endif %}
{%- if not is_last %}
union all
{%- endif %}
{%- endmacro %}
