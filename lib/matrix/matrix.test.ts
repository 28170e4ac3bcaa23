import { readdir } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors";
import type { FeatureSet } from "@/lib/feature-set";
import { openSmallMart, type SmallMart, type SmallTable, smallFeatureSet } from "@/tests/support/small-mart";
import { buildMatrix, countRows } from "./index";

const seller = (kind: "primary" | "foreign") => ({ kind, entity: "seller", columns: ["seller_id"] });
const city = (kind: "primary" | "foreign") => ({ kind, entity: "city", columns: ["city_id"] });

const tables: SmallTable[] = [
  {
    name: "SELLERS",
    entity: "seller",
    kind: "entity",
    grain: ["seller_id"],
    keys: [seller("primary"), city("foreign")],
    columns: { seller_id: "integer", city_id: "integer", active: "boolean", joined: "timestamp" },
    rows: [
      { seller_id: 3, city_id: 20, active: null, joined: "2025-03-31T23:59:59Z" },
      { seller_id: 1, city_id: 10, active: true, joined: "2025-03-01T00:00:00Z" },
      { seller_id: 4, city_id: 30, active: true, joined: "2025-05-01T00:00:00Z" },
      { seller_id: 2, city_id: 10, active: false, joined: null },
    ],
  },
  {
    name: "CITIES",
    entity: "city",
    kind: "entity",
    grain: ["city_id"],
    keys: [city("primary")],
    columns: { city_id: "integer", city: "text", population: "integer" },
    rows: [
      { city_id: 10, city: "Pune", population: 7 },
      { city_id: 20, city: "Mumbai", population: 20 },
    ],
  },
  {
    name: "GEO",
    grain: ["seller_id"],
    keys: [seller("primary")],
    columns: { seller_id: "integer", pois: "integer", empty: "float" },
    rows: [
      { seller_id: 1, pois: 5 },
      { seller_id: 2, pois: null },
      { seller_id: 2, pois: null },
    ],
  },
  {
    name: "TWICE",
    grain: ["seller_id"],
    keys: [seller("primary")],
    columns: { seller_id: "integer", same: "integer", differs: "integer" },
    rows: [
      { seller_id: 1, same: 1, differs: 1 },
      { seller_id: 1, same: 1, differs: 2 },
      { seller_id: 2, same: 1, differs: 1 },
      { seller_id: 2, same: 1, differs: null },
      { seller_id: null, same: 5, differs: 5 },
      { seller_id: null, same: 6, differs: 6 },
    ],
  },
  {
    name: "LISTINGS",
    grain: ["listing_id"],
    keys: [{ kind: "primary", entity: "listing", columns: ["listing_id"] }, seller("foreign")],
    columns: { listing_id: "integer", seller_id: "integer", price: { type: "integer", aggregation: "sum" } },
    rows: [
      { listing_id: 7, seller_id: 1, price: 10 },
      { listing_id: 7, seller_id: 1, price: 11 },
    ],
  },
  {
    name: "BONUS",
    grain: ["seller_id", "at"],
    keys: [seller("foreign")],
    eventTime: "at",
    columns: { seller_id: "integer", at: "timestamp", bonus: "float" },
    rows: [
      { seller_id: 1, at: "2025-01-01", bonus: 1 },
      { seller_id: 1, at: "2025-01-01", bonus: 2 },
      { seller_id: 2, at: "2027-01-01", bonus: 9 },
    ],
  },
];

let mart: SmallMart;
beforeAll(async () => {
  mart = await openSmallMart(tables);
});
afterAll(() => mart.close());

const build = (changes: Partial<FeatureSet>) =>
  buildMatrix({ ...mart, featureSet: smallFeatureSet("seller", changes) });
const errorOf = async (work: Promise<unknown>): Promise<AppError> => {
  const thrown = await work.then(
    () => expect.unreachable("no error"),
    (error: unknown) => error,
  );
  return thrown instanceof AppError ? thrown : expect.unreachable(String(thrown));
};
const pois = [{ table: "GEO", features: ["pois", "empty"] }];

describe("a matrix", () => {
  it("has the spine's rows by key, the features, and a report of both", async () => {
    const result = await build({
      selections: [...pois, { table: "CITIES", features: ["city", "population"] }],
    });
    expect(result.preview).toEqual({
      columns: [
        { name: "seller_id", type: "integer" },
        { name: "pois", type: "integer" },
        { name: "empty", type: "float" },
        { name: "city", type: "text" },
        { name: "population", type: "integer" },
      ],
      rows: [
        [1, 5, null, "Pune", 7],
        [2, null, null, "Pune", 7],
        [3, null, null, "Mumbai", 20],
        [4, null, null, null, null],
      ],
    });
    expect(result.report).toMatchObject({
      rows: 4,
      features: 4,
      columns: 5,
      duplicateKeys: 0,
      joins: [
        {
          join: "j1",
          table: "GEO",
          cardinality: "one_to_one",
          matched: 2,
          rate: 0.5,
          rightDuplicates: 1,
          ties: 0,
        },
        {
          join: "j2",
          table: "CITIES",
          cardinality: "many_to_one",
          matched: 3,
          rate: 0.75,
          rightDuplicates: 0,
        },
      ],
      nulls: [
        { column: "empty", table: "GEO", nulls: 4, rate: 1 },
        { column: "pois", nulls: 3, rate: 0.75 },
        { column: "city", nulls: 1, rate: 0.25 },
        { column: "population", nulls: 1, rate: 0.25 },
      ],
      warnings: [
        "GEO matched only 50% of the rows (2 of 4); the others have no values of it.",
        "CITIES matched only 75% of the rows (3 of 4); the others have no values of it.",
        "1 column has no value at all: empty.",
        "GEO holds 1 row more than its grain allows. They did not multiply anything.",
      ],
    });
    expect(result.report.joins[1]?.via).toBe("SELLERS.city_id = CITIES.city_id");
    expect(result.sql.duckdb).toContain("-- j2: CITIES, many to one");
    expect(result.sqlHash).toMatch(/^[0-9a-f]{64}$/);
  });

  it("is written to a scratch file whose own columns come first", async () => {
    const { parquetPath, plan } = await build({ selections: pois });
    const { columns } = await mart.warehouse.query(`SELECT * FROM read_parquet('${parquetPath}') LIMIT 0`);
    expect(columns.map(({ name }) => name)).toEqual([
      ...plan.columns.map(({ name }) => name),
      "rid",
      "repeated",
      "j1_matched",
    ]);
  });

  it("is the same in every run", async () => {
    const [first, second] = [await build({ selections: pois }), await build({ selections: pois })];
    expect(second.planHash).toBe(first.planHash);
    expect(second.sqlHash).toBe(first.sqlHash);
    expect(second.preview).toEqual(first.preview);
  });

  it("sees nothing from after the spine's time, and tells ties", async () => {
    const { preview, report } = await build({ selections: [{ table: "BONUS", features: ["bonus"] }] });
    expect(preview.rows).toEqual([
      [1, 2],
      [2, null],
      [3, null],
      [4, null],
    ]);
    expect(report.joins[0]).toMatchObject({ matched: 1, ties: 1, rightDuplicates: 1 });
    expect(report.warnings).toContain(
      "BONUS: for 1 row several values have the same time. The greatest was taken, the same in every run.",
    );
  });
});

describe("a false grain", () => {
  it("is refused with a counter-example", async () => {
    const error = await errorOf(build({ selections: [{ table: "TWICE", features: ["same", "differs"] }] }));
    expect(error).toMatchObject({
      code: "GRAIN_FALSE",
      message:
        "TWICE should have one row per seller_id, but 2 of them have rows that differ, for instance seller_id = 1. Correct the table or its declared grain.",
      details: { table: "TWICE", key: ["seller_id"], example: { seller_id: 1 }, count: 2 },
    });
  });

  it("does no harm where all that is used of the rows is the same", async () => {
    const { preview, report } = await build({ selections: [{ table: "TWICE", features: ["same"] }] });
    expect(preview.rows).toHaveLength(4);
    expect(report.joins[0]?.rightDuplicates).toBe(2);
  });

  it("of a finer table is refused too: a sum would count twice", async () => {
    const error = await errorOf(build({ selections: [{ table: "LISTINGS", features: ["price"] }] }));
    expect(error).toMatchObject({
      code: "GRAIN_FALSE",
      details: { key: ["listing_id"], example: { listing_id: 7 } },
    });
  });

  it("is refused where the table only filters", async () => {
    const filters = [{ table: "TWICE", column: "differs", operator: "gt" as const, values: [0] }];
    expect((await errorOf(build({ selections: pois, filters }))).code).toBe("GRAIN_FALSE");
  });
});

describe("filters", () => {
  const pune = { table: "CITIES", column: "city", operator: "in" as const, values: ["Pune"] };
  const active = { table: "SELLERS", column: "active", operator: "in" as const, values: [true] };

  it("narrow the rows before anything is joined, and are reported each on its own", async () => {
    const { preview, report } = await build({ selections: pois, filters: [pune, active] });
    expect(preview.rows).toEqual([[1, 5, null]]);
    expect(report.filters).toEqual([
      { label: "CITIES.city is Pune", kept: 2, unknown: 1, population: 4 },
      { label: "SELLERS.active is true", kept: 2, unknown: 1, population: 4 },
    ]);
    expect(report.warnings).toContain(
      "1 row was left out because CITIES.city is Pune cannot be told: the value is unknown.",
    );
    expect(report.joins.map(({ table }) => table)).toEqual(["GEO"]);
  });

  it.each([
    ["between two days, to the end of the last", "between", ["2025-03-01", "2025-03-31"], [1, 3]],
    ["from a moment on", "gte", ["2025-03-31T23:59:59Z"], [3, 4]],
    ["after a day", "gt", ["2025-03-31"], [4]],
    ["not on a day, where the day is known", "not_in", ["2025-03-01"], [3, 4]],
    ["of unknown days", "is_null", [], [2]],
  ] as const)("on times: %s", async (_, operator, values, expected) => {
    const joined = { table: "SELLERS", column: "joined", operator, values: [...values] };
    const { preview } = await build({ selections: pois, filters: [joined] });
    expect(preview.rows.map(([id]) => id)).toEqual(expected);
  });

  it("that leave nothing are an error saying which", async () => {
    const agra = { ...pune, values: ["Agra"] };
    const error = await errorOf(build({ selections: pois, filters: [agra, active] }));
    expect(error.code).toBe("EMPTY_SPINE");
    expect(error.message).toContain("No row fits CITIES.city is Agra.");
    expect(error.details.filters).toMatchObject([{ kept: 0 }, { kept: 2 }]);
    const mumbai = { ...pune, values: ["Mumbai"] };
    expect((await errorOf(build({ selections: pois, filters: [mumbai, active] }))).message).toContain(
      "No row fits all filters together: CITIES.city is Mumbai keeps 1 of 4; SELLERS.active is true keeps 2 of 4.",
    );
  });

  it("an empty population is an error, and leaves no file", async () => {
    const empty = await openSmallMart(
      tables.map((table) => (table.name === "SELLERS" ? { ...table, rows: [] } : table)),
    );
    try {
      const featureSet = smallFeatureSet("seller", { selections: pois });
      const error = await errorOf(buildMatrix({ ...empty, featureSet }));
      expect(error).toMatchObject({
        code: "EMPTY_SPINE",
        message: expect.stringContaining("SELLERS has no rows."),
      });
      expect((await readdir(empty.scratchDirectory)).filter((name) => name.endsWith(".parquet"))).toEqual([]);
    } finally {
      await empty.close();
    }
  });

  it("count rows without any feature", async () => {
    const count = (filters: FeatureSet["filters"]) =>
      countRows({ ...mart, featureSet: smallFeatureSet("seller", { filters }) });
    expect(await count([])).toMatchObject({ rows: 4 });
    expect(await count([{ ...pune, values: ["Agra"] }])).toMatchObject({ rows: 0 });
    const { rows, sql, sqlHash, otherSql } = await count([pune]);
    expect(rows).toBe(2);
    expect(sql).toContain(`= 'Pune'`);
    expect(sqlHash).toMatch(/^[0-9a-f]{64}$/);
    expect(otherSql).toContain("count(*)");
  });
});

describe("given rows", () => {
  it("in a table that is not there are an error", async () => {
    const spine: FeatureSet["spine"] = {
      kind: "given",
      table: "MISSING",
      keys: [{ entity: "seller", columns: ["id"] }],
      eventTime: null,
      columns: [],
    };
    expect((await errorOf(build({ spine, selections: pois }))).code).toBe("TABLE_UNKNOWN");
  });
});

describe("stopping", () => {
  it("leaves no file behind", async () => {
    const before = await readdir(mart.scratchDirectory);
    const controller = new AbortController();
    controller.abort();
    const featureSet = smallFeatureSet("seller", { selections: pois });
    const error = await errorOf(buildMatrix({ ...mart, featureSet, signal: controller.signal }));
    expect(error.code).toBe("QUERY_CANCELLED");
    expect(await readdir(mart.scratchDirectory)).toEqual(before);
  });
});
