import type { TemplateFile } from "./project";

/** What dbt brings along: the same names, the same arguments, the same rows found. */
const builtIn = `
{% test unique(model, column_name) %}
select {{ column_name }} as unique_field, count(*) as n_records
from {{ model }}
where {{ column_name }} is not null
group by {{ column_name }}
having count(*) > 1
{% endtest %}

{% test not_null(model, column_name) %}
select {{ column_name }}
from {{ model }}
where {{ column_name }} is null
{% endtest %}

{% test accepted_values(model, column_name, values, quote=true) %}
with found as (
  select {{ column_name }} as value_field, count(*) as n_records
  from {{ model }}
  group by {{ column_name }}
)
select *
from found
where value_field not in (
  {%- for value in values -%}
    {%- if quote -%} '{{ value }}' {%- else -%} {{ value }} {%- endif -%}{{ ', ' if not loop.last }}
  {%- endfor -%}
)
{% endtest %}

{% test relationships(model, column_name, to, field) %}
with child as (
  select {{ column_name }} as from_field from {{ model }} where {{ column_name }} is not null
),
parent as (
  select {{ field }} as to_field from {{ to }}
)
select from_field
from child
left join parent on child.from_field = parent.to_field
where parent.to_field is null
{% endtest %}
`;

/** A generic test is a macro by another word; its macro is called `test_<name>`, as in dbt. */
export function genericTestMacros(files: TemplateFile[]): { path: string; text: string }[] {
  return [{ path: "the tests of dbt itself", text: builtIn }, ...files].map(({ path, text }) => ({
    path,
    text: text
      .replace(/(\{%-?\s*)test(\s+)(\w+)/g, "$1macro$2test_$3")
      .replace(/(\{%-?\s*)endtest(\s*-?%\})/g, "$1endmacro$2"),
  }));
}
