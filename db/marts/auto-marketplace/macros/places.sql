{# Which place a row of grouping sets is about: an area's cars are also among its city's. #}
{% macro place_columns() -%}
case when grouping(area_id) = 0 then 'area' else 'city' end as place_kind,
  case when grouping(area_id) = 0 then area_id else city_id end as place_id
{%- endmacro %}

{# By what a row of grouping sets divides cars, and into which of its parts. #}
{% macro car_segment() -%}
case when grouping(body) = 0 then 'body' when grouping(fuel) = 0 then 'fuel' when grouping(make) = 0 then 'make'
    when grouping(age_band) = 0 then 'age_band' when grouping(price_band) = 0 then 'price_band' else 'all' end as segment_by,
  coalesce(body, fuel, make, age_band, price_band, 'all') as segment
{%- endmacro %}
