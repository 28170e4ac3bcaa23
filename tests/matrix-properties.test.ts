import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "@/lib/errors";
import type { FeatureSet } from "@/lib/feature-set";
import { buildMatrix } from "@/lib/matrix";
import type { Cell } from "@/lib/warehouse";
import {
  type GeneratedMart,
  generatedFeatureSet,
  generatedMart,
  smallTables,
} from "./support/generated-mart";
import { expectedMatrix } from "./support/mart-oracle";
import { openSmallMart } from "./support/small-mart";

type Row = Record<string, Cell>;

describe("a matrix over any mart", () => {
  it("equals what nested loops give, cell by cell", async () => {
    await fc.assert(
      fc.asyncProperty(generatedMart, generatedFeatureSet, async (mart, featureSet) => {
        const expected = expectedMatrix(mart, featureSet);
        const actual = await rowsOf(mart, featureSet);
        if (featureSet.spine.kind === "given") expect(actual).toEqual(expected);
        else expect(sorted(actual)).toEqual(sorted(expected));
      }),
      { numRuns: 40 },
    );
  });

  it.each([false, true])("does so over more rows than engines loop over (known-at %s)", async (knownAt) => {
    const mart = largeMart();
    const [base] = fc.sample(generatedFeatureSet, { numRuns: 1, seed: 3 });
    const featureSet: FeatureSet = {
      ...(base ?? expect.unreachable()),
      spine: {
        kind: "given",
        table: "GIVEN",
        keys: [
          { entity: "seller", columns: ["seller_id"] },
          { entity: "city", columns: ["city_id"] },
        ],
        eventTime: "ts",
        columns: ["label"],
      },
      filters: [],
      alignment: { boundary: "inclusive", knownAt, delaySeconds: 0 },
    };
    expect(await rowsOf(mart, featureSet)).toEqual(expectedMatrix(mart, featureSet));
  });

  it("has the same columns when a table is added or left out", async () => {
    await fc.assert(
      fc.asyncProperty(
        generatedMart,
        generatedFeatureSet,
        fc.nat({ max: 7 }),
        async (mart, featureSet, left) => {
          const fewer = {
            ...featureSet,
            selections: featureSet.selections.filter((_, index) => index !== left),
          };
          const all = await rowsOf(mart, featureSet);
          const some = await rowsOf(mart, fewer);
          const kept = (row: Row) =>
            Object.fromEntries(Object.keys(some[0] ?? {}).map((name) => [name, row[name]]));
          expect(all.map(kept)).toEqual(some);
        },
      ),
      { numRuns: 10 },
    );
  });

  it("is the same when rows of right-hand tables are there twice", async () => {
    await fc.assert(
      fc.asyncProperty(generatedMart, generatedFeatureSet, async (mart, featureSet) => {
        // Rows without an id cannot be said to be the same, so those of finer tables are left alone.
        const twice = (rows: GeneratedMart["GEO"], id?: "listing_id" | "event_id") =>
          rows.flatMap((row) => (id && row[id] === null ? [row] : [row, row]));
        const doubled: GeneratedMart = {
          ...mart,
          GEO: twice(mart.GEO),
          CITIES: twice(mart.CITIES),
          REGIONS: twice(mart.REGIONS),
          TREND: twice(mart.TREND),
          CITY_STATS: twice(mart.CITY_STATS),
          REGION_STATS: twice(mart.REGION_STATS),
          LISTINGS: twice(mart.LISTINGS, "listing_id"),
          EVENTS: twice(mart.EVENTS, "event_id"),
        };
        expect(await rowsOf(doubled, featureSet)).toEqual(await rowsOf(mart, featureSet));
      }),
      { numRuns: 10 },
    );
  });
});

/** The matrix by column name; a spine that filters empty is no rows. */
async function rowsOf(mart: GeneratedMart, featureSet: FeatureSet): Promise<Row[]> {
  const small = await openSmallMart(smallTables(mart));
  try {
    const { sql, report } = await buildMatrix({ featureSet, ...small });
    const { columns, rows } = await small.warehouse.query(sql.duckdb);
    expect(report.rows).toBe(rows.length);
    return rows.map((row) =>
      Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])),
    );
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "EMPTY_SPINE") return [];
    throw thrown;
  } finally {
    await small.close();
  }
}

/** Thousands of rows at odd minutes, from a fixed seed. */
function largeMart(): GeneratedMart {
  let state = 1;
  const below = (limit: number) => {
    state = (state * 48271) % 2147483647;
    return state % limit;
  };
  const time = () => `2026-01-01T0${below(8)}:${String(below(60)).padStart(2, "0")}:00Z`;
  const value = () => (below(5) === 0 ? null : below(9));
  const written = () => (below(3) === 0 ? null : time());
  const many = (count: number, row: () => GeneratedMart["GEO"][number]) => Array.from({ length: count }, row);
  return {
    SELLERS: [],
    GIVEN: many(700, () => ({ seller_id: below(12), city_id: below(6), ts: time(), label: value() })),
    GEO: [],
    CITIES: [0, 1, 2, 3, 4].map((id) => ({ city_id: id, region_id: id % 2, c1: id })),
    REGIONS: [],
    TREND: many(2000, () => ({
      seller_id: below(12),
      hour: time(),
      written: written(),
      t1: value(),
      t2: value(),
    })),
    CITY_STATS: many(1500, () => ({ city_id: below(6), hour: time(), s1: value() })),
    REGION_STATS: many(1500, () => ({ region_id: below(2), hour: time(), q1: value() })),
    LISTINGS: [],
    EVENTS: [],
  };
}

function sorted(rows: Row[]): Row[] {
  return rows
    .map((row) => ({ text: JSON.stringify(Object.entries(row).sort()), row }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))
    .map(({ row }) => row);
}
