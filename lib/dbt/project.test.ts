import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { aBakeryProject } from "@/tests/support/bakeries";
import { buildOrder, selectModels } from "./graph";
import { declareTables, readProject } from "./index";
import { listTests } from "./test-nodes";

let folder: string;
let directory: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "dbt-project-"));
  ({ directory } = await aBakeryProject(folder));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const features = "models/features/features.yml";
async function change(file: string, from: string, to: string) {
  const text = await readFile(path.join(directory, file), "utf8");
  expect(text).toContain(from);
  await writeFile(
    path.join(directory, file),
    text.replace(from, () => to),
  );
}
const add = (file: string, text: string) => writeFile(path.join(directory, file), text);
const problem = () =>
  readProject(directory)
    .then(declareTables)
    .then(
      () => "none",
      (thrown: Error) => thrown.message,
    );

describe("reading a project", () => {
  it("finds models, what they need, and config from folders, YAML and the file", async () => {
    await add(
      "models/staging/stg_more.sql",
      "{{ config(materialized='table', tags=['slow']) }} select 1 as one",
    );
    const { models, sources, version } = await readProject(directory);
    expect(version).toBe("1.2.0");
    expect(models.get("stg_sales")?.dependsOn).toEqual({ models: [], sources: ["conformed.sales"] });
    expect(models.get("shop_sales")?.dependsOn.models).toEqual(["int_shop_days", "stg_shops"]);
    expect(models.get("stg_sales")?.config).toEqual({ materialized: "view", tags: ["raw"], meta: {} });
    expect(models.get("stg_more")?.config).toEqual({
      materialized: "table",
      tags: ["raw", "slow"],
      meta: {},
    });
    expect(models.get("shop_scores")?.config).toMatchObject({ materialized: "table", tags: ["augment"] });
    expect(sources.get("conformed.shops")?.location).toBe("'conformed/shops.parquet'");
    expect(sources.get("augment.scores")?.location).toBe("read_parquet('augment/scores.parquet')");
  });

  it.each([
    ["/home/me/mart (1)/c", "'/home/me/mart (1)/c/shops.parquet'"],
    ["/home/o'brien/c", "'/home/o''brien/c/shops.parquet'"],
    ["mart(1)", "'mart(1)/shops.parquet'"],
    ["'quoted", "'''quoted/shops.parquet'"],
  ])("quotes a path as it is: %s", async (conformed, location) => {
    const { sources } = await readProject(directory, { conformed });
    expect(sources.get("conformed.shops")?.location).toBe(location);
  });

  it.each(["read_parquet('{name}.parquet')", "'{name}.parquet'"])(
    "leaves SQL as it is: %s",
    async (place) => {
      await change(
        "models/staging/sources.yml",
        `"{{ var('conformed') }}/{name}.parquet"`,
        JSON.stringify(place),
      );
      const { sources } = await readProject(directory);
      expect(sources.get("conformed.shops")?.location).toBe(place.replace("{name}", "shops"));
    },
  );

  it.each([
    [
      "a name Jinja does not know",
      "models/staging/stg_shops.sql",
      "source('",
      "env_var('",
      /stg_shops\.sql: Jinja names .*env_var/,
    ],
    [
      "such a name in a macro",
      "macros/share.sql",
      "{{ part }}",
      "{{ adapter.quote(part) }}",
      /share\.sql: .*adapter/,
    ],
    [
      "broken Jinja",
      "models/staging/stg_shops.sql",
      "{{",
      "{% if %} {{",
      /stg_shops\.sql: the Jinja could not be rendered/,
    ],
    [
      "a model that is not there",
      "models/features/shops.sql",
      "stg_shops",
      "stg_stores",
      /features\/shops\.sql: there is no model stg_stores/,
    ],
    [
      "a source that is not there",
      "models/staging/stg_shops.sql",
      "'shops'",
      "'stores'",
      /no source conformed\.stores/,
    ],
    [
      "another package",
      "models/features/shops.sql",
      "ref('stg_shops')",
      "ref('other', 'stg_shops')",
      /no package other/,
    ],
    [
      "a variable without a value",
      "models/features/shops.sql",
      "town as",
      "{{ var('x') }} as",
      /the variable x is not given/,
    ],
    [
      "a materialization that is not built here",
      features,
      "tags: [augment]",
      "materialized: incremental",
      /features\.yml.*\n.*materialized: only/,
    ],
    [
      "an unknown key",
      features,
      "      tags: [augment]",
      "      tag: [augment]",
      /features\.yml.*\n.*Unrecognized key/,
    ],
    [
      "a table without a kind of its own",
      features,
      "kind: entity",
      "kind: shop",
      /shops\.config\.meta.*\n.*kind/,
    ],
    ["broken YAML", features, "version: 2", "version: [2", /features\.yml: /],
    [
      "a described model without SQL",
      features,
      "- name: shop_scores",
      "- name: shop_stars",
      /describes the model shop_stars/,
    ],
    [
      "an unfilled placeholder",
      features,
      "{kind.label} of all",
      "{sort.label} of all",
      /placeholder that `over` does not fill/,
    ],
    [
      "an unknown rule",
      features,
      "aggregation: mean_weighted",
      "aggregation: average",
      /no rule of aggregation/,
    ],
    [
      "a column declared twice",
      features,
      "name: sold\n",
      "name: sold_bread_7d\n",
      /sold_bread_7d is declared twice/,
    ],
    [
      "a weight that is no column",
      features,
      "weight: sold",
      "weight: pieces",
      /names pieces, which is not declared/,
    ],
    [
      "a test that nobody wrote",
      features,
      "- positive:",
      "- negative:",
      /there is no such test. Write it in tests\/generic\/negative\.sql/,
    ],
  ])("refuses %s", async (_, file, from, to, message) => {
    await change(file, from, to);
    const told = await readProject(directory).then(
      (project) => {
        try {
          buildOrder(project);
          listTests(project);
          declareTables(project);
          return "none";
        } catch (thrown) {
          return (thrown as Error).message;
        }
      },
      (thrown: Error) => thrown.message,
    );
    expect(told).toMatch(message);
  });

  it("names the models of a circle", async () => {
    await add("models/a.sql", "select * from {{ ref('b') }}");
    await add("models/b.sql", "select * from {{ ref('a') }}");
    const project = await readProject(directory);
    expect(() => buildOrder(project)).toThrow("in a circle: a → b → a");
  });

  it("refuses two models of one name and a folder that is no project", async () => {
    await add("models/shops.sql", "select 1");
    expect(await problem()).toMatch("Two models have one name");
    await rm(path.join(directory, "dbt_project.yml"));
    expect(await problem()).toMatch("There is no dbt_project.yml");
  });
});

describe("selecting", () => {
  it.each([
    [{}, "int_shop_days shop_sales shop_scores shops stg_sales stg_shops"],
    [{ select: ["+shops"] }, "shops stg_shops"],
    [{ select: ["stg_shops+"] }, "shop_sales shop_scores shops stg_shops"],
    [{ select: ["tag:augment"] }, "shop_scores"],
    [{ select: ["tag:nothing"] }, ""],
    [{ exclude: ["tag:raw", "shop_scores"] }, "int_shop_days shop_sales shops"],
  ])("%j", async (selection, expected) => {
    expect([...selectModels(await readProject(directory), selection)].sort().join(" ")).toBe(expected);
  });

  it("refuses a name that is not there", async () => {
    const project = await readProject(directory);
    expect(() => selectModels(project, { select: ["shop"] })).toThrow('No model is selected by "shop"');
  });
});

describe("declaring tables", () => {
  it("spells families in the order of the macro, with everything filled in", async () => {
    const { tables, features: declared, promises, moving } = declareTables(await readProject(directory));
    expect(tables.map(({ name }) => name)).toEqual(["SHOP_SALES", "SHOP_SCORES", "SHOPS"]);
    const sales = declared.filter(({ table }) => table === "SHOP_SALES");
    expect(sales.map(({ name }) => name)).toEqual([
      ...["SHOP_ID", "OPENED_ON", "sold_bread_7d", "sold_bread_30d", "sold_cake_7d", "sold_cake_30d"],
      ...[
        "taken_bread_7d",
        "taken_bread_30d",
        "taken_cake_7d",
        "taken_cake_30d",
        "sold",
        "bread_share",
        "cake_share",
      ],
    ]);
    expect(sales.find(({ name }) => name === "taken_cake_30d")).toEqual({
      ...{ table: "SHOP_SALES", name: "taken_cake_30d", type: "integer", family: "money", unit: "rupees" },
      description: "Money taken of cake in the last 30 days.",
      ...{ windowDays: 30, aggregation: "sum", isKey: false, pii: false, owner: "sales-desk" },
    });
    expect(sales.at(-1)).toMatchObject({ type: "float", aggregation: "mean_weighted", weight: "sold" });
    expect(promises.get("SHOP_SALES")?.size).toBe(9);
    expect([...(moving.get("SHOP_SALES") ?? [])]).toEqual([
      ["bread_share", "calendar"],
      ["cake_share", "calendar"],
    ]);
    expect(moving.get("SHOPS")?.size).toBe(0);
    expect(declared.find(({ name }) => name === "AGE")?.derived).toEqual({
      kind: "years_since",
      column: "OPENED_YEAR",
    });
  });
});
