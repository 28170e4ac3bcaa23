import { afterAll, beforeAll, expect, it } from "vitest";
import { buildMatrix } from "@/lib/matrix";
import { caseTables, featureSetOf, pointInTimeCases, rowsOf } from "../support/point-in-time-cases";
import { openSmallMart, type SmallMart, type SmallTable, smallFeatureSet } from "../support/small-mart";
import { describeWith, freshS3, freshSnowflake } from "./support/engines";
import { openSmallSnowflakeMart } from "./support/small-snowflake-mart";

const age = { type: "integer", unit: "years", derived: { kind: "years_since", column: "year" } } as const;
const fleet: SmallTable[] = [
  {
    ...{ name: "airlines", entity: "airline", kind: "entity", grain: ["airline"] },
    keys: [{ kind: "primary", entity: "airline", columns: ["airline"] }],
    columns: { airline: "text" },
    rows: [{ airline: "AA" }, { airline: "BB" }, { airline: "CC" }],
  },
  {
    ...{ name: "planes", entity: "plane", kind: "entity", grain: ["plane"] },
    keys: [
      { kind: "primary", entity: "plane", columns: ["plane"] },
      { kind: "foreign", entity: "airline", columns: ["airline"] },
    ],
    columns: { plane: "text", airline: "text", year: "integer", age },
    rows: [1956, 2012, 2013, 2014, 0, Number.MIN_SAFE_INTEGER, null].map((year, at) => {
      return { plane: `p${at}`, airline: at % 2 === 0 ? "AA" : "BB", year };
    }),
  },
  {
    ...{ name: "flights", entity: "flight", kind: "entity", grain: ["id"], eventTime: "at" },
    keys: [
      { kind: "primary", entity: "flight", columns: ["id"] },
      { kind: "foreign", entity: "plane", columns: ["plane"] },
    ],
    columns: { id: "integer", plane: "text", at: "timestamp" },
    rows: ["2012-12-31 23:59:59.999999", "2013-01-01 00:00:00", null].flatMap((at, edge) =>
      [0, 1, 2, 3, 4, 5, 6, 7].map((plane) => ({ id: edge * 10 + plane, plane: `p${plane}`, at })),
    ),
  },
];
const aged = { table: "planes", features: ["age"] };

describeWith(["snowflake", "s3"], "Snowflake's dialect", () => {
  let environment: Record<string, string>;
  const open: SmallMart[] = [];
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const s3 = await freshS3();
    const snowflake = await freshSnowflake({ s3 });
    stops.push(snowflake.stop, s3.stop);
    environment = { ...s3.settings, ...snowflake.settings };
  });
  afterAll(async () => {
    await Promise.all(open.map((mart) => mart.close()));
    for (const stop of stops) await stop();
  });

  it.each(pointInTimeCases)("of a point in time, $id: $title", async (example) => {
    const schema = example.id.toUpperCase().replace("-", "_");
    const mart = await openSmallSnowflakeMart(environment, schema, caseTables(example));
    open.push(mart);
    const build = () => buildMatrix({ featureSet: featureSetOf(example), ...mart });
    if (example.expected_error !== null) {
      await expect(build()).rejects.toThrow(example.expected_error);
      return;
    }
    const result = await build();
    const { rows, expected } = rowsOf(example, result);
    // A service keeps no order of given rows that no column says.
    expect(sorted(rows)).toEqual(sorted(expected));
    expect(result.report.rows).toBe(example.entity.length);
    const ties = /pit_ties=(\d+)/.exec(example.note ?? "")?.[1];
    if (ties !== undefined) expect(result.report.joins[0]?.ties).toBe(Number(ties));
  });

  it("computes ages at each row's time as the embedded engine does: brought, filtered by, and of finer rows", async () => {
    const marts = [await openSmallSnowflakeMart(environment, "FLEET", fleet), await openSmallMart(fleet)];
    open.push(...marts);
    for (const featureSet of [
      smallFeatureSet("flight", { selections: [aged] }),
      smallFeatureSet("flight", {
        selections: [aged],
        filters: [{ table: "planes", column: "age", operator: "lte", values: [1] }],
      }),
      smallFeatureSet("airline", { selections: [{ ...aged, aggregation: { age: "mean" } }] }),
    ]) {
      const [there, here] = await Promise.all(marts.map((mart) => buildMatrix({ featureSet, ...mart })));
      expect(here?.preview.rows.length).toBeGreaterThan(0);
      expect(there?.preview).toEqual(here?.preview);
    }
  });
});

function sorted(rows: object[]): object[] {
  return [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
