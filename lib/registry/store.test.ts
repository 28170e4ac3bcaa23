import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type DuckDbWriter, openDuckDbWriter } from "@/lib/warehouse";
import { type DeclaredRegistry, hashRegistry, measureRegistry, readRegistry, writeRegistry } from ".";

let folder: string;
let writer: DuckDbWriter;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "registry-"));
  writer = await openDuckDbWriter(path.join(folder, "mart.duckdb"));
  await writer.run(`create table SHOPS as select * from (values
    (1, 'Mumbai', true, 2.5::decimal(9, 2), date '2026-01-01', timestamp '2026-01-01 10:00:00', 'Asha'),
    (2, 'Pune', null, null, date '2026-03-01', null, 'Ravi'),
    (3, 'Mumbai', false, 7.25, null, timestamp '2026-02-01 00:00:00', 'Mina'),
    (4, 'constructor', false, 7.25, null, null, null)) as t(ID, CITY, OPEN, RENT, SINCE, SEEN_AT, KEEPER)`);
});
afterEach(async () => {
  await writer.close();
  await rm(folder, { recursive: true, force: true });
});

const column = (name: string, type: DeclaredRegistry["features"][number]["type"]) => ({
  table: "SHOPS",
  name,
  type,
  description: `What ${name} says; "quoted", it's ünïcode 🚗.`,
  family: "shop",
  isKey: false,
  pii: false,
  owner: "us",
});
const declared: DeclaredRegistry = {
  mart: "shops",
  title: "Shops",
  stamp: "v2026.11",
  asOf: "2026-11-01T00:00:00Z",
  tables: [
    {
      name: "SHOPS",
      description: "Shops.",
      entity: "shop",
      kind: "entity",
      grain: ["ID"],
      keys: [
        { kind: "primary", entity: "shop", columns: ["ID"] },
        { kind: "foreign", entity: "city", role: "home", columns: ["CITY"] },
      ],
      eventTime: "SEEN_AT",
      ttlSeconds: 60,
      owner: "us",
      synonyms: ["stores", "outlets"],
    },
  ],
  features: [
    { ...column("ID", "integer"), isKey: true },
    { ...column("CITY", "text"), isKey: true },
    { ...column("OPEN", "boolean"), aggregation: "flag_any" },
    { ...column("RENT", "decimal"), unit: "INR", aggregation: "mean_weighted", weight: "ID", windowDays: 30 },
    column("SINCE", "date"),
    column("SEEN_AT", "timestamp"),
    { ...column("KEEPER", "text"), pii: true },
  ],
  entities: [{ name: "shop", plural: "shops", synonyms: ["store"] }],
  aliases: { Mumbai: ["Bombay"] },
};

describe("measuring", () => {
  it("counts nulls and values and finds the ends of what is ordered", async () => {
    const { tables, features } = await measureRegistry(writer, declared);
    expect(tables[0]).toMatchObject({ name: "SHOPS", rowCount: 4, stamp: "v2026.11" });
    const measured = Object.fromEntries(
      features.map(({ name, nullRate, distinctCount, min, max }) => [
        name,
        [nullRate, distinctCount, min, max],
      ]),
    );
    expect(measured).toEqual({
      ID: [0, 4, "1", "4"],
      CITY: [0, 3, undefined, undefined],
      OPEN: [0.25, 2, undefined, undefined],
      RENT: [0.25, 2, "2.50", "7.25"],
      SINCE: [0.5, 2, "2026-01-01", "2026-03-01"],
      SEEN_AT: [0.5, 2, "2026-01-01T10:00:00Z", "2026-02-01T00:00:00Z"],
      KEEPER: [0.25, 3, undefined, undefined],
    });
  });

  it("keeps no value of personal data, not even the least and the greatest", async () => {
    const features = declared.features.map((one) => (one.name === "SINCE" ? { ...one, pii: true } : one));
    const measured = await measureRegistry(writer, { ...declared, features });
    const since = measured.features.find(({ name }) => name === "SINCE");
    expect(since).toMatchObject({ nullRate: 0.5, distinctCount: 2 });
    expect([since?.min, since?.max]).toEqual([undefined, undefined]);
  });

  it("indexes categories and short foreign keys with their other names, and never personal data", async () => {
    const { values } = await measureRegistry(writer, declared);
    expect(
      values.map(({ column, value, frequency, aliases }) => [column, value, frequency, aliases]),
    ).toEqual([
      ["CITY", "Mumbai", 2, ["Bombay"]],
      ["CITY", "Pune", 1, []],
      ["CITY", "constructor", 1, []],
      ["OPEN", "false", 2, []],
      ["OPEN", "true", 1, []],
    ]);
  });

  it("measures a table wider than one scan, and one without rows", async () => {
    const names = Array.from({ length: 150 }, (_, index) => `c${index}`);
    await writer.run(
      `create table WIDE as select ${names.map((name, i) => `range % ${i + 1} as ${name}`)} from range(200)`,
    );
    await writer.run("create table EMPTY as select 1 as c0 where false");
    const wide = {
      ...declared,
      features: names.map((name) => ({ ...column(name, "integer"), table: "WIDE" })),
    };
    const shops = declared.tables.map((table) => ({ ...table, keys: [], name: "WIDE" }));
    const { features } = await measureRegistry(writer, { ...wide, tables: shops });
    expect(features.map((feature) => feature.distinctCount)).toEqual(names.map((_, index) => index + 1));
    const empty = await measureRegistry(writer, {
      ...declared,
      tables: shops.map((table) => ({ ...table, name: "EMPTY" })),
      features: [{ ...column("c0", "integer"), table: "EMPTY" }],
    });
    expect(empty.tables[0]?.rowCount).toBe(0);
    expect(empty.features[0]).toMatchObject({ nullRate: 0, distinctCount: 0 });
  });

  it("refuses a declared column that is not there", async () => {
    const features = [...declared.features, column("GHOST", "text")];
    await expect(measureRegistry(writer, { ...declared, features })).rejects.toMatchObject({
      code: "QUERY_FAILED",
    });
  });
});

describe("the registry's tables", () => {
  it("give back what was written, twice over", async () => {
    const registry = await measureRegistry(writer, declared);
    await writeRegistry(writer, registry);
    await writeRegistry(writer, registry);
    expect(await readRegistry(writer)).toEqual(registry);
    const { rows } = await writer.query(
      "select count(*), count(distinct FEATURE_NAME) from FEATURE_REGISTRY",
    );
    expect(rows).toEqual([[7, 7]]);
  });

  it("do not take a registry that could not be read back", async () => {
    const registry = await measureRegistry(writer, declared);
    await expect(writeRegistry(writer, { ...registry, title: "Another" })).rejects.toMatchObject({
      code: "MART_DAMAGED",
    });
  });

  it.each([
    ["changed by hand", "update FEATURE_REGISTRY set NULL_RATE = 0.5 where FEATURE_NAME = 'ID'"],
    ["of another version", "update MART_INFO set BUILDER_VERSION = 99"],
    ["without a table", "drop table VALUE_REGISTRY"],
    ["with a broken list", "update TABLE_REGISTRY set KEYS = '[oops'"],
    ["with an unknown type", "update FEATURE_REGISTRY set DATA_TYPE = 'blob'"],
    ["empty", "delete from MART_INFO"],
  ])("are called damaged when %s", async (_, sql) => {
    await writeRegistry(writer, await measureRegistry(writer, declared));
    await writer.run(sql);
    await expect(readRegistry(writer)).rejects.toMatchObject({ code: "MART_DAMAGED" });
  });
});

describe("the content hash", () => {
  it("changes with any content and not with the order of fields", async () => {
    const { contentHash, ...content } = await measureRegistry(writer, declared);
    const backwards = Object.fromEntries(Object.entries(content).reverse()) as typeof content;
    expect(hashRegistry(backwards)).toBe(contentHash);
    expect(hashRegistry({ ...content, asOf: "2026-11-02T00:00:00Z" })).not.toBe(contentHash);
    const features = content.features.map((feature) => ({ ...feature, nullRate: 0.123 }));
    expect(hashRegistry({ ...content, features })).not.toBe(contentHash);
  });
});
