{# NULL where there is nothing to divide by. #}
{% macro ratio(above, below) -%} round(({{ above }})::double / nullif({{ below }}, 0), 5) {%- endmacro %}

{# Kilometres between two points, along the great circle. #}
{% macro km(latitude, longitude, other_latitude, other_longitude) -%}
12742.0 * asin(sqrt(pow(sin(radians({{ other_latitude }} - {{ latitude }}) / 2), 2)
    + cos(radians({{ latitude }})) * cos(radians({{ other_latitude }}))
    * pow(sin(radians({{ other_longitude }} - {{ longitude }}) / 2), 2)))
{%- endmacro %}

{# Lakhs of rupees: 3l is 300,000. #}
{% macro price_band(price) -%}
case when {{ price }} < 300000 then 'under_3l' when {{ price }} < 600000 then '3_to_6l'
    when {{ price }} < 1000000 then '6_to_10l' when {{ price }} < 2000000 then '10_to_20l' else 'over_20l' end
{%- endmacro %}
