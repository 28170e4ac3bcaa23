{# The windows that features look back over, in days; `days` is a row of it. #}
{% macro lookbacks() -%} (values (7), (14), (30), (60), (90), (180), (365)) as lookback(days) {%- endmacro %}

{#
  The step of the look-back that a day lies in, named by its last day. Every window, and the time as long before it, is made of
  whole steps: rows are added up per step once, and windows are added up from these few rows.
#}
{% macro lookback_step(days_back) -%}
case {% for last in [7, 14, 28, 30, 60, 90, 120, 180, 360, 365] %}when {{ days_back }} <= {{ last }} then {{ last }} {% endfor %}end
{%- endmacro %}
