import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FeatureSet, Filter, Selection } from "@/lib/feature-set";
import { resolveFeatureSet } from "@/lib/feature-set";
import { buildMatrix, countRows } from "@/lib/matrix";
import { compilePlan } from "@/lib/sql";
import type { Cell } from "@/lib/warehouse";
import { openSmallMart, type SmallMart, type SmallTable, smallFeatureSet } from "./support/small-mart";

const age = {
  type: "integer" as const,
  unit: "years",
  derived: { kind: "years_since" as const, column: "year" },
};

const planes: SmallTable = {
  name: "planes",
  entity: "plane",
  kind: "entity",
  grain: ["tailnum"],
  keys: [
    { kind: "primary", entity: "plane", columns: ["tailnum"] },
    { kind: "foreign", entity: "airline", columns: ["carrier"] },
  ],
  columns: { tailnum: "text", carrier: "text", year: "integer", seats: "integer", age },
  rows: [
    { tailnum: "old", carrier: "AA", year: 1956, seats: 2 },
    { tailnum: "leap", carrier: "AA", year: 2012, seats: 55 },
    { tailnum: "new", carrier: "AA", year: 2013, seats: 100 },
    { tailnum: "unknown", carrier: "BB", year: null, seats: 20 },
    { tailnum: "zero", carrier: "BB", year: 0, seats: 30 },
    { tailnum: "before", carrier: "BB", year: Number.MIN_SAFE_INTEGER, seats: 40 },
    { tailnum: "future", carrier: "BB", year: 2014, seats: 50 },
  ],
};
const airlines: SmallTable = {
  name: "airlines",
  entity: "airline",
  kind: "entity",
  grain: ["carrier"],
  keys: [{ kind: "primary", entity: "airline", columns: ["carrier"] }],
  columns: { carrier: "text", title: "text" },
  rows: [
    { carrier: "AA", title: "Alpha" },
    { carrier: "BB", title: "Beta" },
    { carrier: "CC", title: "Gamma" },
  ],
};
const times = [
  "2012-02-29 23:59:59",
  "2012-12-31 23:59:59.999999",
  "2013-01-01 00:00:00",
  "2013-12-31 23:59:59",
];
const tailnums: Cell[] = [...planes.rows.map(({ tailnum = null }) => tailnum), "none", null];
/** Every plane at every edge of a year; one row has no time at all. */
const flights: SmallTable = {
  name: "flights",
  entity: "flight",
  kind: "entity",
  grain: ["id"],
  keys: [
    { kind: "primary", entity: "flight", columns: ["id"] },
    { kind: "foreign", entity: "plane", columns: ["tailnum"] },
    { kind: "foreign", entity: "airline", columns: ["carrier"] },
  ],
  eventTime: "at",
  columns: { id: "integer", tailnum: "text", carrier: "text", at: "timestamp" },
  rows: [
    ...times.flatMap((at, edge) =>
      tailnums.map((tailnum, index) => ({ id: edge * 100 + index, tailnum, carrier: "AA", at })),
    ),
    { id: 900, tailnum: "leap", carrier: "BB", at: null },
  ],
};
/** Rows that a person gives: two of them name their zone, and the year there is another than in UTC. */
const given: SmallTable = {
  name: "given",
  unregistered: true,
  grain: [],
  keys: [],
  columns: { row: "integer", plane: "text", seen_at: "timestamp", day: "date" },
  rows: [
    {
      row: 1,
      plane: "leap",
      seen_at: new Date("2013-01-01T00:30:00+01:00").toISOString(),
      day: "2013-01-01",
    },
    {
      row: 2,
      plane: "leap",
      seen_at: new Date("2012-12-31T23:30:00-01:00").toISOString(),
      day: "2012-12-31",
    },
    { row: 3, plane: "leap", seen_at: null, day: null },
  ],
};

let mart: SmallMart;
beforeAll(async () => {
  mart = await openSmallMart([planes, airlines, flights, given], "2013-06-30T12:00:00Z");
});
afterAll(() => mart.close());

const features = (...names: string[]): Selection => ({ table: "planes", features: names });

async function rowsOf(featureSet: FeatureSet): Promise<Record<string, Cell>[]> {
  const { preview } = await buildMatrix({ featureSet, ...mart });
  return preview.rows.map((row) =>
    Object.fromEntries(preview.columns.map(({ name }, index) => [name, row[index] ?? null])),
  );
}

describe("years since a year", () => {
  it("are whole calendar years in UTC, from each row's own time, and never less than none", async () => {
    const rows = await rowsOf(smallFeatureSet("flight", { selections: [features("age", "seats")] }));
    const years = [2012, 2012, 2013, 2013];
    const expected = flights.rows.map(({ id, tailnum }) => {
      const plane = planes.rows.find((one) => one.tailnum === tailnum && tailnum !== null);
      const year = years[Math.floor(Number(id) / 100)] ?? Number.NaN;
      const known = typeof plane?.year === "number" && plane.year >= 1 && plane.year <= year;
      return { id, age: known ? year - Number(plane.year) : null, seats: plane?.seats ?? null };
    });
    expect(rows.map(({ id, age, seats }) => ({ id, age, seats }))).toEqual(expected);
    expect(expected.map((row) => row.age)).toContain(57);
    expect(expected.filter((row) => row.age === 0)).toHaveLength(4);
  });

  it("stand beside the year itself, under full names as well", async () => {
    const selections = [features("year", "age")];
    const [row] = await rowsOf(
      smallFeatureSet("flight", {
        names: "full",
        selections,
        filters: [{ table: "flights", column: "id", operator: "in", values: [201] }],
      }),
    );
    expect(row).toMatchObject({ planes__year: 2012, planes__age: 1 });
  });

  it.each([
    [null, "the mart's own", { old: 57, leap: 1, new: 0 }],
    ["2012-12-31T23:59:59Z", "the end of a leap year", { old: 56, leap: 0, new: null }],
    ["2014-01-01T00:30:00+01:00", "in 2013, as UTC has it", { old: 57, leap: 1, new: 0 }],
  ])("of rows without a time are counted to %s: %s", async (asOf, _, expected) => {
    const spine = { kind: "population" as const, entity: "plane", asOf };
    const rows = await rowsOf(smallFeatureSet("plane", { spine, selections: [features("age")] }));
    const ages = Object.fromEntries(rows.map(({ tailnum, age }) => [tailnum, age]));
    expect(ages).toEqual({ ...expected, unknown: null, zero: null, before: null, future: null });
  });

  it.each(["seen_at", "day"])("of given rows follow %s", async (eventTime) => {
    const rows = await rowsOf(givenSet(eventTime));
    expect(rows.map(({ age, seats }) => [age, seats])).toEqual(
      eventTime === "day"
        ? [
            [1, 55],
            [0, 55],
            [null, 55],
          ]
        : [
            [0, 55],
            [1, 55],
            [null, 55],
          ],
    );
  });

  it("of given rows without any time are refused with what to do", async () => {
    await expect(rowsOf(givenSet(null))).rejects.toThrow(
      "The rows of given have no time, and what is asked for changes over time. Say which column is the rows' event time.",
    );
  });
});

describe("filters on them", () => {
  const filter = (table: string, operator: Filter["operator"], ...values: number[]): Filter => ({
    table,
    column: "age",
    operator,
    values,
  });
  const idsOf = async (filters: Filter[]) =>
    (
      await rowsOf(
        smallFeatureSet("flight", {
          filters,
          selections: [{ table: "airlines", features: ["title"] }],
        }),
      )
    ).map(({ id }) => id);

  it("on a joined table look at each row's own time", async () => {
    expect(await idsOf([filter("planes", "gt", 56)])).toEqual([200, 300]);
    expect(await idsOf([filter("planes", "in", 0)])).toEqual([1, 101, 202, 302]);
    expect(await idsOf([filter("planes", "gt", 0), filter("planes", "lt", 50)])).toEqual([201, 301]);
  });

  it("on the rows' own table look at the time asked for, and count what is unknown", async () => {
    const count = (asOf: string | null) =>
      countRows({
        featureSet: smallFeatureSet("plane", {
          spine: { kind: "population", entity: "plane", asOf },
          filters: [filter("planes", "lte", 0)],
        }),
        ...mart,
      });
    const now = await count(null);
    expect([now.rows, now.filters[0]]).toMatchObject([1, { kept: 1, unknown: 4, population: 7 }]);
    const earlier = await count("2012-06-01T00:00:00Z");
    expect([earlier.rows, earlier.filters[0]]).toMatchObject([1, { kept: 1, unknown: 5, population: 7 }]);
  });
});

describe("of a finer table", () => {
  const aggregation = { age: "mean" as const, seats: "sum" as const };
  const fleet: Selection = { ...features("age", "seats"), aggregation };

  it("are made one by a rule from each row's age at the time asked for", async () => {
    const rows = await rowsOf(smallFeatureSet("airline", { selections: [fleet] }));
    expect(rows).toEqual([
      { carrier: "AA", age: (57 + 1 + 0) / 3, seats: 157 },
      { carrier: "BB", age: null, seats: 140 },
      { carrier: "CC", age: null, seats: null },
    ]);
  });

  it.each([
    ["min", [0, 0, 0, 0, null]],
    ["max", [56, 56, 57, 57, null]],
    ["sum", [56, 56, 58, 58, null]],
    ["count", [2, 2, 3, 3, 0]],
  ] as const)(
    "have their %s at each row's own time, and leave other features as they are",
    async (rule, ages) => {
      const spine: FeatureSet["spine"] = {
        kind: "given",
        table: "flights",
        keys: [{ entity: "airline", columns: ["carrier"] }],
        eventTime: "at",
        order: "id",
        columns: ["id"],
      };
      const set = (...names: string[]) =>
        smallFeatureSet("", {
          spine,
          selections: [{ ...features(...names), aggregation: { age: rule, seats: "sum" } }],
          filters: [{ table: "flights", column: "id", operator: "in", values: [0, 100, 200, 300, 900] }],
        });
      const rows = await rowsOf(set("age", "seats"));
      expect(rows.map((row) => row.age)).toEqual(ages);
      expect(rows.map(({ seats }) => seats)).toEqual((await rowsOf(set("seats"))).map(({ seats }) => seats));
      expect(rows.map(({ seats }) => seats)).toEqual([157, 157, 157, 157, 140]);
    },
  );

  it("are asked about where no rule is known", async () => {
    await expect(rowsOf(smallFeatureSet("airline", { selections: [features("age")] }))).rejects.toMatchObject(
      {
        code: "AGGREGATION_MISSING",
        details: { features: ["age"], rules: { age: ["sum", "min", "max", "mean", "count"] } },
      },
    );
  });

  it("are filtered by as aggregates", async () => {
    const filters: Filter[] = [
      { table: "planes", column: "age", operator: "gte", values: [57], aggregation: "max" },
    ];
    const rows = await rowsOf(
      smallFeatureSet("airline", { filters, selections: [{ table: "airlines", features: ["title"] }] }),
    );
    expect(rows.map(({ carrier }) => carrier)).toEqual(["AA"]);
  });
});

describe("the SQL", () => {
  it("says in both dialects how the value comes about", async () => {
    const plan = resolveFeatureSet(
      smallFeatureSet("flight", {
        filters: [{ table: "planes", column: "age", operator: "lte", values: [30] }],
        selections: [features("age", "seats")],
      }),
      mart.registry,
    );
    const folder = "snapshots/derived";
    await expect(`${compilePlan(plan, "snowflake").matrixSql}\n`).toMatchFileSnapshot(
      `${folder}/snowflake.sql`,
    );
    await expect(`${compilePlan(plan, "duckdb").matrixSql}\n`).toMatchFileSnapshot(`${folder}/duckdb.sql`);
  });
});

function givenSet(eventTime: string | null): FeatureSet {
  return smallFeatureSet("", {
    spine: {
      kind: "given",
      table: "given",
      keys: [{ entity: "plane", columns: ["plane"] }],
      eventTime,
      order: "row",
      columns: ["row"],
    },
    selections: [features("age", "seats")],
  });
}
