{# Rupees a month in the middle of the band that a buyer told; for the open one a little above its edge. #}
{% macro monthly_income(band) -%}
case {{ band }} when 'under_25k' then 18000 when '25k_50k' then 37500 when '50k_100k' then 75000 when '100k_200k' then 150000
    when 'over_200k' then 260000 end
{%- endmacro %}
