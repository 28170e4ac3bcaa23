import { afterAll, beforeAll, expect, it } from "vitest";
import { buildMatrix } from "@/lib/matrix";
import type { AggregationRule, ColumnType } from "@/lib/registry/types";
import type { Cell } from "@/lib/warehouse";
import { openSmallMart, type SmallMart, smallFeatureSet } from "@/tests/support/small-mart";

/** Seller 1 has plain rows, 2 NULLs among values, 3 NULLs only, 4 a tie at the latest time, 5 no row at all. */
const rows = [
  { seller: 1, at: "2025-01-01", n: 1, f: 0.1, d: "1.10", w: 1, b: false, t: "a" },
  { seller: 1, at: "2025-01-02", n: 2, f: 0.2, d: "2.20", w: 3, b: false, t: "c" },
  { seller: 2, at: "2025-01-01", n: 5, f: 0.5, d: "5.00", w: null, b: null, t: "b" },
  { seller: 2, at: "2025-01-03", n: null, f: null, d: null, w: 4, b: null, t: null },
  { seller: 2, at: "2025-01-02", n: 7, f: 0.7, d: "0.01", w: 0, b: true, t: "a" },
  { seller: 3, at: "2025-01-01", n: null, f: null, d: null, w: null, b: null, t: null },
  { seller: 4, at: "2025-01-01", n: 9, f: 0.9, d: "1.00", w: 0, b: true, t: "z" },
  { seller: 4, at: "2025-01-02", n: 3, f: 0.3, d: "1.00", w: 0, b: false, t: "x" },
  { seller: 4, at: "2025-01-02", n: 4, f: null, d: "1.00", w: 0, b: true, t: null },
].map((row, id) => ({ id, ...row }));

let mart: SmallMart;
beforeAll(async () => {
  mart = await openSmallMart([
    {
      name: "SELLERS",
      entity: "seller",
      kind: "entity",
      grain: ["seller"],
      keys: [{ kind: "primary", entity: "seller", columns: ["seller"] }],
      columns: { seller: "integer" },
      rows: [1, 2, 3, 4, 5, null].map((seller) => ({ seller })),
    },
    {
      name: "SALES",
      grain: ["id"],
      keys: [{ kind: "foreign", entity: "seller", columns: ["seller"] }],
      eventTime: "at",
      columns: {
        id: "integer",
        seller: "integer",
        at: "date",
        n: { type: "integer", weight: "w" },
        f: { type: "float", weight: "w" },
        d: { type: "decimal", weight: "n" },
        w: "integer",
        b: "boolean",
        t: "text",
      },
      rows,
    },
  ]);
});
afterAll(() => mart.close());

it.each<[AggregationRule, string, ColumnType, Cell[]]>([
  // Of sellers 1 to 5; the seller whose key is NULL has nothing by any rule.
  ["sum", "n", "integer", [3, 12, null, 16, null]],
  ["sum", "d", "decimal", ["3.3000", "5.0100", null, "3.0000", null]],
  ["min", "n", "integer", [1, 5, null, 3, null]],
  ["max", "t", "text", ["c", "b", null, "z", null]],
  ["min", "at", "date", ["2025-01-01", "2025-01-01", "2025-01-01", "2025-01-01", null]],
  ["mean", "n", "float", [1.5, 6, null, 16 / 3, null]],
  ["mean", "d", "float", [1.65, 2.505, null, 1, null]],
  ["mean_weighted", "n", "float", [1.75, null, null, null, null]],
  ["mean_weighted", "d", "float", [(1.1 + 4.4) / 3, (25 + 0.07) / 12, null, 1, null]],
  ["count", "n", "integer", [2, 2, 0, 3, 0]],
  ["count", "t", "integer", [2, 2, 0, 2, 0]],
  ["flag_any", "b", "boolean", [false, true, null, true, null]],
  // The latest row counts with what it has, NULL too; of a tie the greatest.
  ["latest", "n", "integer", [2, null, null, 4, null]],
  ["latest", "t", "text", ["c", null, null, "x", null]],
  ["latest", "b", "boolean", [false, null, null, true, null]],
])("%s of %s", async (rule, feature, type, expected) => {
  const { preview, report } = await buildMatrix({
    ...mart,
    featureSet: smallFeatureSet("seller", {
      selections: [{ table: "SALES", features: [feature], aggregation: { [feature]: rule } }],
    }),
  });
  expect(preview.columns[1]).toEqual({ name: feature, type });
  const byKey = new Map(preview.rows.map(([seller, value]) => [seller, value]));
  expect(byKey.get(null)).toBeNull();
  for (const [index, value] of expected.entries()) {
    const actual = byKey.get(index + 1);
    if (typeof value === "number") expect(actual).toBeCloseTo(value, 12);
    else expect(actual).toEqual(value);
  }
  expect(report.joins[0]).toMatchObject({ cardinality: "aggregated", matched: 4 });
});

it("one latest row gives all latest values", async () => {
  const { preview } = await buildMatrix({
    ...mart,
    featureSet: smallFeatureSet("seller", {
      selections: [
        { table: "SALES", features: ["n", "f", "t"], aggregation: { n: "latest", f: "latest", t: "latest" } },
      ],
    }),
  });
  // Of the two rows at the same time the one with the greater n, whose other values are NULL: no mixture of both.
  expect(preview.rows.find(([seller]) => seller === 4)).toEqual([4, 4, null, null]);
});

it("a time to live is a window to look back", async () => {
  const { preview } = await buildMatrix({
    ...mart,
    featureSet: smallFeatureSet("seller", {
      spine: { kind: "population", entity: "seller", asOf: "2025-01-03T00:00:00Z" },
      selections: [{ table: "SALES", features: ["n"], aggregation: { n: "count" }, ttlSeconds: 86_400 }],
    }),
  });
  expect(preview.rows).toEqual([
    [null, null],
    [1, 1],
    [2, 1],
    [3, 0],
    [4, 2],
    [5, 0],
  ]);
});
