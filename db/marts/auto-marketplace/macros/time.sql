{# The mart knows what happened before END. Days are counted back from END's day: 1 is the day before it. #}
{% macro end_at() -%} timestamp '{{ var("end") }}' {%- endmacro %}

{% macro end_day() -%} (timestamp '{{ var("end") }}')::date {%- endmacro %}

{% macro days_back(moment) -%} date_diff('day', ({{ moment }})::date, {{ end_day() }}) {%- endmacro %}

{# Clocks in India are 5 h 30 min ahead of UTC, all year. #}
{% macro local_time(moment) -%} ({{ moment }} + interval 330 minutes) {%- endmacro %}

{% macro local_month(moment) -%} date_trunc('month', {{ local_time(moment) }})::date {%- endmacro %}

{% macro is_weekend(moment) -%} isodow({{ local_time(moment) }}) >= 6 {%- endmacro %}

{% macro daypart(moment) -%}
case when hour({{ local_time(moment) }}) between 6 and 11 then 'morning'
    when hour({{ local_time(moment) }}) between 12 and 16 then 'afternoon'
    when hour({{ local_time(moment) }}) between 17 and 21 then 'evening' else 'night' end
{%- endmacro %}
