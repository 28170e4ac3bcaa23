import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDuckDbWarehouse, openDuckDbWriter } from "@/lib/warehouse";
import { aBakeryProject } from "@/tests/support/bakeries";
import { type BuildOptions, buildModels, makeManifest, readProject } from "./index";

let folder: string;
let directory: string;
let vars: Record<string, string>;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "dbt-build-"));
  ({ directory, vars } = await aBakeryProject(folder));
  file = path.join(folder, "mart.duckdb");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function build(options: Partial<BuildOptions> = {}) {
  const project = await readProject(directory, vars);
  const built = await buildModels(project, {
    ...{ file, scratch: folder, compiledTo: path.join(folder, "compiled"), threads: 2 },
    ...options,
  });
  return { project, ...built };
}
async function rowsOf(sql: string) {
  const warehouse = await openDuckDbWarehouse({ path: file, writableDirectories: [] });
  try {
    return (await warehouse.query(sql)).rows;
  } finally {
    await warehouse.close();
  }
}
const edit = async (name: string, change: (text: string) => string) => {
  const place = path.join(directory, "models", name);
  await writeFile(place, change(await readFile(place, "utf8")));
};
const failure = (work: Promise<unknown>) =>
  work.then(
    () => Promise.reject(new Error("nothing failed")),
    (thrown) => thrown,
  );

describe("building", () => {
  it("makes the registered tables, ordered by their grain, and nothing else, in the mart's file", async () => {
    const told: string[] = [];
    const { models } = await build({
      onModel: ({ model }, done, total) => told.push(`${model} ${done}/${total}`),
    });
    expect(told).toHaveLength(6);
    expect(told.at(-1)).toMatch(/ 6\/6$/);
    expect(models.find(({ model }) => model === "stg_sales")).toMatchObject({ table: null, rows: null });
    expect(models.find(({ model }) => model === "int_shop_days")).toMatchObject({ table: null, rows: 175 });
    expect(await rowsOf("select table_name from duckdb_tables() order by 1")).toEqual([
      ["SHOPS"],
      ["SHOP_SALES"],
      ["SHOP_SCORES"],
    ]);
    expect(await rowsOf("from SHOPS")).toEqual([
      ["s1", "Pune", 2001, "v2026.11"],
      ["s2", "Xi'an", 2020, "v2026.11"],
      ["s3", "Pune", null, "v2026.11"],
    ]);
    const [[bread, share, shareType] = []] = await rowsOf(
      "select sold_bread_30d, bread_share, typeof(bread_share) from SHOP_SALES where SHOP_ID = 's1'",
    );
    expect([bread, share, shareType]).toEqual([34, 0.34, "DOUBLE"]);
  });

  it("builds what the selected models need, and takes tables that are there as they are", async () => {
    expect((await build({ exclude: ["tag:augment+"] })).models.map(({ model }) => model)).not.toContain(
      "shop_scores",
    );
    const writer = await openDuckDbWriter(file);
    await writer.run("delete from SHOPS where SHOP_ID = 's2'");
    await writer.close();
    const { models } = await build({ select: ["tag:augment+"] });
    expect(models.map(({ model }) => model)).toEqual(["stg_sales", "int_shop_days", "shop_scores"]);
    expect(await rowsOf("select SHOP_ID, SCORE, SOLD from SHOP_SCORES")).toEqual([
      ["s1", 1, 100],
      ["s3", 1 / 3, null],
    ]);
  });

  it("builds in a folder of any name", async () => {
    const odd = path.join(folder, "the baker's marts (1)");
    await mkdir(odd);
    ({ directory, vars } = await aBakeryProject(odd));
    file = path.join(odd, "mart.duckdb");
    const { models } = await build({ scratch: odd, exclude: ["tag:augment+"] });
    expect(models).toHaveLength(5);
  });

  it("builds nothing where nothing has the tag", async () => {
    expect((await build({ select: ["tag:nothing+"] })).models).toEqual([]);
  });

  it("makes equal tables whatever the threads", async () => {
    const contents = async (threads: number) => {
      await build({ threads });
      const all = ["SHOPS", "SHOP_SALES", "SHOP_SCORES"].map((table) => rowsOf(`from ${table}`));
      return Promise.all(all);
    };
    expect(await contents(1)).toEqual(await contents(4));
  });

  it("names the model, its file and the line of a failure, and keeps the SQL that was run", async () => {
    await edit("intermediate/int_shop_days.sql", (text) => text.replace("sum(price)", "sum(prize)"));
    const error = await failure(build());
    expect(error).toMatchObject({
      code: "QUERY_FAILED",
      details: {
        model: "int_shop_days",
        line: 2,
        kind: "Binder",
        file: "models/intermediate/int_shop_days.sql",
      },
    });
    expect(error.message).toMatch(
      /The model int_shop_days \(models\/intermediate\/int_shop_days\.sql\) failed in line 2 of .*: Binder Error: .*prize/,
    );
    expect(error.message).not.toContain(folder);
    const compiled = path.join(folder, "compiled", error.details.file);
    expect(await readFile(compiled, "utf8")).toContain("sum(prize)::double");
  });

  it("says which setting bounds the memory that a model ran out of", async () => {
    await edit("features/shops.sql", (text) =>
      text.replace("town as TOWN", "(select list(i)[1] from range(50000000) r(i))::varchar as TOWN"),
    );
    const error = await failure(build({ memoryLimit: "60MB", threads: 1 }));
    expect(error.message).toMatch(/The model shops .* failed: Out of Memory Error[\s\S]*raise ENGINE_MEMORY/);
  });

  it("says nothing of the data in a row", async () => {
    await edit("features/shops.sql", (text) =>
      text.replace("town as TOWN", "town::integer::varchar as TOWN"),
    );
    const error = await failure(build());
    expect(error.message).toMatch(/The model shops .* failed in line 3 of .*: Conversion Error/);
    expect(error.message).not.toMatch(/Pune|Xi/);
  });

  it.each([
    [
      "a column that is not built",
      (sql: string) => sql.replace("town as TOWN,", ""),
      /declared and not built: TOWN/,
    ],
    [
      "one that is not declared",
      (sql: string) => sql.replace("town as TOWN", "town as TOWN, 1 as ONE"),
      /built and not declared: ONE/,
    ],
    [
      "another type",
      (sql: string) => sql.replace("town as TOWN", "1 as TOWN"),
      /of another type: TOWN \(integer, not text\)/,
    ],
    ["no stamp", (sql: string) => sql.replace("{{ stamp_column() }}", ""), /declared and not built: STAMP/],
    [
      "a stamp that is not last",
      (sql: string) =>
        sql
          .replace("select", "select {{ stamp_column() }},")
          .replace(/,\s*\{\{ stamp_column\(\) \}\}\s*from/, " from"),
      /STAMP is not the last column/,
    ],
  ])("refuses %s", async (_, change, message) => {
    await edit("features/shops.sql", change);
    expect((await failure(build())).message).toMatch(message);
  });

  it("says which source is not there", async () => {
    await rm(path.join(vars.augment ?? "", "scores.parquet"));
    const error = await failure(build());
    expect(error).toMatchObject({ code: "NOT_FOUND", message: expect.stringMatching("augment.scores") });
    expect(error.message).not.toContain(folder);
    await build({ exclude: ["tag:augment"] });
  });

  it("stops what runs when told to, and leaves no open file behind", async () => {
    await edit(
      "intermediate/int_shop_days.sql",
      () =>
        "select a.range + b.range as sold from {{ ref('stg_sales') }}, range(1000000) a, range(1000000) b where sold < 0",
    );
    const stop = new AbortController();
    const onModel: BuildOptions["onModel"] = ({ model }) => {
      if (model === "shops") stop.abort();
    };
    expect(await failure(build({ signal: stop.signal, onModel }))).toMatchObject({ code: "QUERY_CANCELLED" });
    await (await openDuckDbWriter(file)).close();
  });

  it("keeps to the memory given by spilling to the scratch folder", async () => {
    await writeFile(
      path.join(directory, "models", "wide.sql"),
      "select a.range as a, hash(a.range)::varchar as h from range(2000000) a order by h",
    );
    const { models } = await build({ select: ["wide"], memoryLimit: "60MB" });
    expect(models).toMatchObject([{ model: "wide", rows: 2_000_000 }]);
  });
});

describe("tests", () => {
  const ofTables = [
    "accepted_values_shops_TOWN__Pune__Xi_an",
    "not_null_shop_sales_OPENED_ON",
    "not_null_shops_SHOP_ID",
    "positive_shop_scores_0__SCORE",
    "relationships_shop_sales_SHOP_ID__SHOP_ID__ref_shops_",
    "unique_shop_sales_SHOP_ID",
    "unique_shops_SHOP_ID",
  ];
  const statusOf = (all: { test: string; status: string; failures: number }[]) =>
    Object.fromEntries(all.map(({ test, status, failures }) => [test, `${status} ${failures}`]));

  it("run with the build under dbt's names", async () => {
    const { tests } = await build();
    expect(tests.map(({ test }) => test).sort()).toEqual([...ofTables, "no_sales_after_end"].sort());
    expect(tests.every(({ status, failures }) => status === "pass" && failures === 0)).toBe(true);
  });

  it("run with what is added to a file for its tables, and for no other", async () => {
    await build({ exclude: ["tag:augment+"] });
    const { tests } = await build({ select: ["tag:augment+"] });
    expect(tests.map(({ test }) => test).sort()).toEqual([
      "no_sales_after_end",
      "positive_shop_scores_0__SCORE",
    ]);
  });

  it("tell what they find, as a warning where that is asked for, with SQL that shows it", async () => {
    const added = (rows: string) => (sql: string) => `${sql}\nunion all by name (${rows})`;
    await edit(
      "features/shops.sql",
      added("select unnest(['s1', null]) as SHOP_ID, 'Delhi' as TOWN, 1999 as OPENED_YEAR, 'v' as STAMP"),
    );
    await edit("features/shop_sales.sql", added("from (values ('s9', 1), ('s8', 0)) t(SHOP_ID, sold)"));
    await edit("features/shop_scores.sql", (sql) =>
      sql.replace("score as SCORE", "if(shop_id = 's1', -score, score) as SCORE"),
    );
    const { tests: results } = await build();
    expect(statusOf(results)).toEqual({
      no_sales_after_end: "pass 0",
      accepted_values_shops_TOWN__Pune__Xi_an: "fail 1",
      // Of the two new rows without a date one sold nothing, which the test leaves out.
      not_null_shop_sales_OPENED_ON: "warn 1",
      not_null_shops_SHOP_ID: "fail 1",
      positive_shop_scores_0__SCORE: "fail 1",
      relationships_shop_sales_SHOP_ID__SHOP_ID__ref_shops_: "fail 2",
      unique_shop_sales_SHOP_ID: "pass 0",
      unique_shops_SHOP_ID: "fail 1",
    });
    const sample = results.find(({ test }) => test.startsWith("accepted"))?.sampleSql ?? "";
    expect(await rowsOf(sample)).toEqual([["Delhi", 2]]);
  });
});

it("writes a manifest with what dbt's has, and no path of this machine", async () => {
  const { project, sourceColumns } = await build();
  const manifest = makeManifest(project, { stg_sales: { kind: ["conformed.sales.kind"] } }, sourceColumns);
  expect(JSON.stringify(manifest)).not.toContain(folder);
  const node = manifest.nodes["model.bakeries.shop_sales"];
  expect(node).toMatchObject({
    relation_name: "SHOP_SALES",
    depends_on: { nodes: ["model.bakeries.int_shop_days", "model.bakeries.stg_shops"] },
    original_file_path: "models/features/shop_sales.sql",
  });
  expect(Object.keys(node?.columns ?? {})).toHaveLength(13);
  expect(node?.columns.sold_cake_7d).toMatchObject({
    description: "Pieces sold of cake in the last 7 days.",
    meta: { unit: "pieces", windowDays: 7 },
  });
  expect(node?.compiled_code).toMatch(/::bigint as sold_cake_7d/);
  expect(manifest.sources["source.bakeries.conformed.shops"]?.columns).toHaveProperty("opened_on");
  expect(manifest.parent_map["test.bakeries.relationships_shop_sales_SHOP_ID__SHOP_ID__ref_shops_"]).toEqual([
    "model.bakeries.shop_sales",
    "model.bakeries.shops",
  ]);
  expect(manifest.child_map["source.bakeries.augment.scores"]).toEqual(["model.bakeries.shop_scores"]);
});
