import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DuckDbWriter, openDuckDbWriter } from "@/lib/warehouse";
import { readMacros } from "../jinja";
import type { Model, Project } from "../project";
import { columnLineage, sourcesOf } from "./index";

let folder: string;
let engine: DuckDbWriter;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "lineage-"));
  engine = await openDuckDbWriter(path.join(folder, "engine.duckdb"), { threads: 1 });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

const sourceColumns = new Map([
  ["c.t", ["k", "a", "B", "d"]],
  ["c.u", ["k", "x", "y"]],
]);

/** Models by name; `t` and `u` in their SQL are the sources, other tables are models. */
async function trace(models: Record<string, string>) {
  const project: Project = {
    ...{ name: "p", version: "1", directory: "", vars: {}, macros: readMacros([], []), singularTests: [] },
    sources: new Map(
      [...sourceColumns.keys()].map((key) => {
        const [source = "", name = ""] = key.split(".");
        return [key, { source, name, path: "", description: "", columns: [], location: "" }];
      }),
    ),
    models: new Map(
      Object.entries(models).map(([name, text]) => [name, aModel(name, text, Object.keys(models))]),
    ),
  };
  return columnLineage(project, sourceColumns, (sql, parameters) => engine.query(sql, parameters));
}

function aModel(name: string, sql: string, all: string[]): Model {
  const used = { models: new Set<string>(), sources: new Set<string>() };
  const text = sql.replace(/@(\w+)/g, (_, table: string) => {
    if (all.includes(table)) used.models.add(table);
    else used.sources.add(`c.${table}`);
    return all.includes(table)
      ? `{{ ref('${table}') }} as ${table}`
      : `{{ source('c', '${table}') }} as ${table}`;
  });
  return {
    ...{
      name,
      path: `${name}.sql`,
      text,
      schemaPath: null,
      fqn: [],
      description: "",
      columns: [],
      tests: [],
    },
    dependsOn: { models: [...used.models], sources: [...used.sources] },
    config: { materialized: "table", tags: [], meta: {} },
    table: null,
  };
}

const t = (...columns: string[]) => columns.map((column) => `c.t.${column}`);
const u = (...columns: string[]) => columns.map((column) => `c.u.${column}`);

describe("one model", () => {
  it.each<[string, string, Record<string, string[] | null>]>([
    ["columns by any capitals", "select T.A as one, b from @t", { one: t("a"), b: t("b") }],
    ["expressions", "select a + b * 2 as s, 'x' as c from @t", { s: t("a", "b"), c: [] }],
    [
      "case, casts and functions",
      "select case when a > 1 then b::int else coalesce(d, 0) end as s from @t",
      { s: t("a", "b", "d") },
    ],
    ["the filter of an aggregate", "select sum(a) filter (where d > 1) as s from @t", { s: t("a", "d") }],
    ["counted rows", "select count(*) as n, count(a) as m from @t", { n: t("*"), m: t("a") }],
    [
      "windows",
      "select row_number() over (partition by k order by d) as n, lag(a) over (order by b) as l from @t",
      { n: t("d", "k"), l: t("a", "b") },
    ],
    ["names given before", "select a as one, one + 1 as two from @t", { one: t("a"), two: t("a") }],
    ["a column before a name given before", "select a as b, b as c from @t", { b: t("a"), c: t("b") }],
    ["stars", "select * exclude (a) replace (d + 1 as d) from @t", { k: t("k"), b: t("b"), d: t("d") }],
    [
      "stars of one side",
      "select t.k, u.* exclude (k) from @t join @u on t.k = u.k",
      { k: t("k"), x: u("x"), y: u("y") },
    ],
    [
      "using",
      "select * from @t join @u using (k)",
      { k: t("k"), a: t("a"), b: t("b"), d: t("d"), x: u("x"), y: u("y") },
    ],
    ["using of a right join", "select k, a from @t right join @u using (k)", { k: u("k"), a: t("a") }],
    ["using of a full join", "select k from @t full join @u using (k)", { k: [...t("k"), ...u("k")] }],
    [
      "CTEs that use each other",
      "with p as (select a as q from @t), r as (select q + 1 as s from p) select s from r",
      { s: t("a") },
    ],
    ["CTEs with names for columns", "with p(m, n) as (select a, b from @t) select n from p", { n: t("b") }],
    ["subqueries", "select s.q from (select a as q from @t) as s", { q: t("a") }],
    ["a name that a CTE hides", "with u as (select a as x from @t) select x from u", { x: t("a") }],
    [
      "a value from a correlated subquery",
      "select (select max(x) from @u where u.k = t.k) as m from @t",
      { m: u("x") },
    ],
    [
      "a correlated column",
      "select (select max(t.a + x) from @u) as m from @t",
      { m: [...t("a"), ...u("x")] },
    ],
    ["membership", "select a in (select x from @u) as m from @t", { m: [...t("a"), ...u("x")] }],
    [
      "unions by position",
      "select a, b from @t union all select x, y from @u",
      { a: [...t("a"), ...u("x")], b: [...t("b"), ...u("y")] },
    ],
    [
      "unions by name",
      "select k, a from @t union all by name select k, x from @u",
      { k: [...t("k"), ...u("k")], a: t("a"), x: u("x") },
    ],
    ["what is left of one", "select a from @t except select x from @u", { a: t("a") }],
    ["semi joins", "select * from @t semi join @u using (k)", { k: t("k"), a: t("a"), b: t("b"), d: t("d") }],
    ["values", "select v.n, a from @t, (values (1, 'x')) as v(m, n)", { n: [], a: t("a") }],
    ["unnested lists", "select w.one, k from @t, unnest([a, b]) as w(one)", { one: t("a", "b"), k: t("k") }],
    ["ranges", "select r.range as n from range(10) as r", { n: [] }],
    ["lateral subqueries", "select l.s from @t, lateral (select t.a + 1 as s) as l", { s: t("a") }],
    ["lambdas", "select list_transform([a], lambda b: b + d) as l from @t", { l: t("a", "d") }],
    ["renamed columns", "select * exclude (k) rename (a as z) from @t", { z: t("a"), b: t("b"), d: t("d") }],
    ["COLUMNS of a star", "select columns(* exclude (k, a))::text from @t", { b: t("b"), d: t("d") }],
    [
      "COLUMNS in a larger expression",
      "select columns(* exclude (k, a)) + a from @t",
      { b: t("a", "b"), d: t("a", "d") },
    ],
    [
      "unpivoted columns",
      "select k, name, value from @t unpivot (value for name in (a, b))",
      { k: t("k"), name: [], value: t("a", "b") },
    ],
    [
      "what stays beside them",
      "unpivot @t on a, b into name n value v",
      { k: t("k"), d: t("d"), n: [], v: t("a", "b") },
    ],
    [
      "several values at once",
      "select v, w from @t unpivot ((v, w) for n in ((a, b), (d, k)))",
      { v: t("a", "d"), w: t("b", "k") },
    ],
    [
      "unpivoted stars",
      "select * from @t unpivot (v for n in (columns(* exclude (k))))",
      { k: t("k"), n: [], v: t("a", "b", "d") },
    ],
    ["fields of structs", "select struct_pack(m := a) as s, t.d.f as f from @t", { s: t("a"), f: t("d") }],
  ])("%s", async (_, sql, expected) => {
    const { m } = await trace({ m: sql });
    const { "*": _rows, ...columns } = m ?? {};
    expect(columns).toEqual(expected);
  });

  it.each([
    ["COLUMNS", "select columns('a|b') from @t", []],
    ["PIVOT", "pivot @t on k using sum(a)", []],
    ["a table function that reads a file", "select * from read_csv('x.csv')", []],
  ])("has no columns to tell where %s decides them", async (_, sql, columns) => {
    const { m } = await trace({ m: sql });
    expect(Object.keys(m ?? {}).filter((name) => name !== "*")).toEqual(columns);
  });

  it.each([
    ["a table that nobody knows", "select a as s from unknown_table"],
    ["a column that may be of such a table", "select z as s from @t, unknown_table"],
    ["a test for existence", "select exists (select 1 from @u where u.k = t.k) as s from @t"],
  ])("says so where a value comes from %s", async (_, sql) => {
    expect((await trace({ m: sql })).m?.s).toBeNull();
  });
});

describe("through models", () => {
  const models = {
    one: "select k, a + b as ab, count(*) over () as n from @t",
    two: "select one.*, x from @one join @u using (k)",
    three: "select ab * x as z, n, count(*) as rows from @two group by all",
    odd: "select columns('.*') from @t",
    after: "select *, a from @odd",
  };
  it("goes back to the sources", async () => {
    const lineage = await trace(models);
    expect(lineage.three?.z).toEqual(["two.ab", "two.x"]);
    expect(sourcesOf(lineage, "three", "Z")).toEqual([...t("a", "b"), ...u("x")]);
    expect(sourcesOf(lineage, "three", "n")).toEqual(t("*"));
    expect(sourcesOf(lineage, "three", "rows")).toEqual([...t("*"), ...u("*")]);
  });
  it("knows no more after a model that it cannot read", async () => {
    const lineage = await trace(models);
    expect(sourcesOf(lineage, "after", "a")).toBeNull();
    expect(sourcesOf(lineage, "nowhere", "a")).toEqual(["nowhere.a"]);
  });
});
