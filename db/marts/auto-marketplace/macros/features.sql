{# Templates with their placeholders filled in, one for every combination of what they stand over; the last varies fastest. #}
{% macro spelled(template, over) -%}
  {%- set ns = namespace(rows=[template]) -%}
  {%- for name, values in over.items() -%}
    {%- set next = namespace(rows=[]) -%}
    {%- for row in ns.rows -%}
      {%- for value in values -%}
        {%- set filled = namespace(row=row) -%}
        {%- if value is mapping -%}
          {%- for part, text in value.items() -%}
            {%- set filled.row = filled.row | replace('{' ~ name ~ '.' ~ part ~ '}', text | string) -%}
          {%- endfor -%}
        {%- else -%}
          {%- set filled.row = filled.row | replace('{' ~ name ~ '}', value | string) -%}
        {%- endif -%}
        {%- set next.rows = next.rows + [filled.row] -%}
      {%- endfor -%}
    {%- endfor -%}
    {%- set ns.rows = next.rows -%}
  {%- endfor -%}
  {{ ns.rows | join(',\n  ') }}
{%- endmacro %}

{# An expression as the engine's type for a declared one. Floats are rounded, since the last bits of their sum depend on the order of adding. #}
{% macro cast_to(type, expression) -%}
  {%- if type == 'float' -%} round(({{ expression }})::double, 5)
  {%- elif type == 'integer' -%} ({{ expression }})::bigint
  {%- elif type == 'decimal' -%} ({{ expression }})::decimal(18, 2)
  {%- elif type == 'text' -%} ({{ expression }})::varchar
  {%- else -%} ({{ expression }})::{{ type }}
  {%- endif -%}
{%- endmacro %}

{# The columns of the model's families, of one stage where a stage is named: `expression as name, …`. #}
{% macro features(stage=none) -%}
  {%- if execute -%}
    {%- for family in model.config.meta.families if stage is none or family.stage == stage -%}
      {{ ',\n  ' if not loop.first }}{{ spelled(cast_to(family.type or 'float', family.sql) ~ ' as ' ~ family.name, family.over or {}) }}
    {%- endfor -%}
  {%- else -%} 1 as parsed {%- endif -%}
{%- endmacro %}

{# The last column of every feature table. #}
{% macro stamp_column() -%} '{{ var('stamp') }}' as STAMP {%- endmacro %}
