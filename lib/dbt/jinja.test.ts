import { describe, expect, it } from "vitest";
import { readMacros, renderJinja } from "./jinja";

const none = readMacros([], []);
const render = (text: string, context: Record<string, unknown> = {}, macros = none) =>
  renderJinja(text, "a.sql", macros, context);

describe("rendering", () => {
  it.each([
    ["keeps the white space that dbt keeps", "a{% if true %}\n  b{% endif %}\nand c\n", "a\n  b\nand c"],
    ["trims where it is asked to", "a\n{%- if true -%}\n  b\n{%- endif %} c", "ab c"],
    ["drops comments", "a{# {{ unknown }} #}b", "ab"],
    ["counts", "{% for n in range(3) %}{{ n }}{{ ',' if not loop.last }}{% endfor %}", "0,1,2"],
    ["knows namespaces", "{% set ns = namespace(n=1) %}{% set ns.n = ns.n + 1 %}{{ ns.n }}", "2"],
    ["walks mappings", "{% for k, v in {'a': 1}.items() %}{{ k }}{{ v }}{% endfor %}", "a1"],
    ["leaves SQL's braces alone", "select {'a': 1}", "select {'a': 1}"],
  ])("%s", (_, text, expected) => expect(render(text)).toBe(expected));

  it("gives functions plain values, named ones as a last object", () => {
    const given: unknown[][] = [];
    const f = (...all: unknown[]) => {
      given.push(all);
      return { x: ["made"] };
    };
    expect(render("{{ f('a', [1, none], b={'c': true}).x[0] }}", { f })).toBe("made");
    expect(given).toEqual([["a", [1, null], { b: { c: true } }]]);
  });

  it("lets macros of several files call each other and read the context", () => {
    const files = [
      { path: "one.sql", text: "{% macro outer(x, y=2) %}{{ inner(x) }}-{{ y }}{% endmacro %}" },
      {
        path: "two.sql",
        text: "text outside of macros\n{% macro inner(x) %}{{ prefix }}{{ x }}{% endmacro %}",
      },
    ];
    const macros = readMacros(files, ["prefix"]);
    expect(render("{{ outer('a') }} {{ outer('b', y=3) }}", { prefix: "_" }, macros)).toBe("_a-2 _b-3");
  });
});

describe("refusing", () => {
  it.each([
    ["a name that nobody gives", "{{ x }}", "a.sql: Jinja names that are not known here: x."],
    ["one in an argument", "{{ f(y=x.z) }}", "not known here: x."],
    ["one in a filter's argument", "{{ 'a' | replace(x, 'b') }}", "not known here: x."],
    ["one in a condition", "{% if not (1 == x or true) %}{% endif %}", "not known here: x."],
    ["one behind a default", "{% macro m(a=x) %}{% endmacro %}", "not known here: x."],
    ["an unfinished block", "{% if true %}", "a.sql: the Jinja could not be rendered"],
    ["a filter that is not there", "{{ 'a' | sha256 }}", "a.sql: the Jinja could not be rendered"],
    ["a wrong argument of a macro", "{% macro m(a) %}{% endmacro %}{{ m(b=1) }}", "no keyword argument 'b'"],
  ])("%s", (_, text, problem) => {
    expect(() => render(text, { f: () => "" })).toThrow(problem);
  });

  it("takes no attribute, no loop variable and no parameter for such a name", () => {
    const text =
      "{% macro m(a, b=1) %}{{ a.c }}{{ b }}{% endmacro %}{% set s = 1 %}{% for k, v in {'p': s}.items() if v > 0 %}{{ k | upper }}{{ m({'c': v}) }}{{ loop.index }}{% endfor %}";
    expect(render(text)).toBe("P111");
  });
});
