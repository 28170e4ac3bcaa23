import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConformRun, type ConformRuns, type LandingRow, setUpConform } from "../support/conform-runs";
import { shopTables } from "../support/shop-tables";

const ends = ["2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z"];
const tables = [...shopTables.map(({ name }) => name), "shops_history"];

let runs: ConformRuns;
beforeAll(async () => {
  runs = await setUpConform(shopTables);
});
afterAll(() => runs.close());

/** A record, and in which of the readings it is found: a source may tell the same thing again. */
interface Told {
  table: string;
  readings: number[];
  row: LandingRow;
}

describe("increments and a rebuild", () => {
  it("give equal tables, whatever is told when, in which order, late, deleted, inserted again or wrong", async () => {
    let stamp = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(told, { minLength: 60, maxLength: 160, size: "max" }), async (records) => {
        const numbered = records.map(withSequence);
        stamp++;
        const rebuilt = await runs.run({
          stamp: `v${1000 + stamp}.12`,
          end: ends[2] as string,
          landing: landing(numbered, [0, 1, 2]),
        });
        let grown: ConformRun | undefined;
        for (const [reading, end] of ends.entries()) {
          grown = await runs.run({
            stamp: `v${1000 + stamp}.0${reading + 1}`,
            end,
            previous: reading === 0 ? null : `v${1000 + stamp}.0${reading}`,
            landing: landing(numbered, [reading]),
          });
        }
        for (const table of tables) {
          expect({ table, rows: await grown?.rows(table) }).toEqual({
            table,
            rows: await rebuilt.rows(table),
          });
        }
        await expectContiguous(rebuilt);
      }),
      // Each run is four of the step; what fails is not shrunk, which would take minutes.
      { numRuns: 3, endOnFailure: true },
    );
  });
});

/** Periods of a key follow one another without gaps, the last is open, and the table has the last one's values. */
async function expectContiguous(run: ConformRun) {
  const history = await run.rows("shops_history");
  const shops = await run.rows("shops");
  expect(new Set(history.map(({ shop_id }) => shop_id))).toEqual(
    new Set(shops.map(({ shop_id }) => shop_id)),
  );
  for (const shop of shops) {
    const periods = history.filter(({ shop_id }) => shop_id === shop.shop_id);
    expect(periods[0]?.valid_from).toBe(shop.opened_at);
    for (const [index, { valid_from, valid_to, is_current, ...values }] of periods.entries()) {
      const next = periods[index + 1];
      expect(valid_to).toBe(next?.valid_from ?? null);
      expect(is_current).toBe(next === undefined);
      if (next) expect(String(valid_from) < String(valid_to)).toBe(true);
      else expect(values).toEqual(shop);
    }
  }
}

/** What these readings find. A file that is read whole has only what the last reading found. */
function landing(records: Told[], readings: number[]): Record<string, LandingRow[]> {
  const last = Math.max(...readings);
  return Object.fromEntries(
    shopTables.map(({ name }) => {
      const wanted = name === "prices" ? [last] : readings;
      const found = records.filter(
        (record) => record.table === name && record.readings.some((r) => wanted.includes(r)),
      );
      return [name, found.map(({ row }) => row)];
    }),
  );
}

/** Numbers are the source's own; where every reading counts for itself, a later one counts more. */
function withSequence(record: Told, index: number): Told {
  const isCounted = record.table === "prices" || record.table === "rents";
  const readings = isCounted ? record.readings.slice(0, 1) : record.readings;
  const sequence = isCounted ? (readings[0] ?? 0) * 1000 + index : record.row.sequence * 1000 + index;
  return { ...record, readings, row: { ...record.row, sequence } };
}

const id = (letter: string) => fc.integer({ min: 1, max: 4 }).map((number) => `${letter}${number}`);
const month = fc.integer({ min: 6, max: 12 }).map((number) => String(number).padStart(2, "0"));
const day = fc
  .tuple(month, fc.integer({ min: 1, max: 28 }))
  .map(([m, d]) => `2026-${m}-${String(d).padStart(2, "0")}`);
const moment = day.map((text) => `${text}T10:00:00Z`);
const maybe = (value: fc.Arbitrary<string>) => fc.option(value, { nil: null });
/** One value in ten is wrong. */
const dirty = (value: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 9, arbitrary: value }, { weight: 1, arbitrary: fc.constantFrom("x!", "") });

const told: fc.Arbitrary<Told> = fc
  .tuple(
    fc.oneof(
      record("shops", {
        shop_id: id("S"),
        contact_name: fc.constant("A. Person"),
        kind: fc.constantFrom("big", "small"),
        plan: fc.constantFrom("free", "gold"),
        staff: dirty(fc.constantFrom("1", "2", "3")),
        status: fc.constantFrom("active", "closed"),
        opened_at: moment,
        closed_at: maybe(moment),
        updated_at: moment,
      }),
      record("plan_changes", {
        change_id: id("C"),
        shop_id: id("S"),
        old_plan: maybe(fc.constantFrom("free", "gold")),
        new_plan: fc.constantFrom("free", "gold"),
        changed_at: dirty(moment),
      }),
      record("offers", {
        offer_id: id("O"),
        shop_id: maybe(id("S")),
        price: dirty(fc.constantFrom("1", "2.5", "900")),
        is_new: fc.constantFrom("yes", "no"),
        made_on: day,
        ended_on: maybe(day),
        outcome: fc.constantFrom("open", "sold"),
      }),
      record("visits", {
        event_id: id("E"),
        offer_id: maybe(id("O")),
        began_at: moment,
        received_at: moment,
      }),
      record("prices", {
        make: fc.constantFrom("A", "B"),
        month: fc.constant("2026-01-01"),
        price: dirty(fc.constantFrom("1", "2")),
      }),
      record("rents", { shop_id: id("S"), rent: dirty(fc.constantFrom("1", "2", "3")), published_on: day }),
    ),
    fc.uniqueArray(fc.constantFrom(0, 1, 2), { minLength: 1, maxLength: 2 }),
    fc.integer({ min: 0, max: 50 }),
    fc.integer({ min: 0, max: 4 }),
  )
  .map(([{ table, values }, readings, sequence, chance]) => ({
    table,
    readings,
    row: { values, sequence, deleted: chance === 0 && (table === "offers" || table === "shops") },
  }));

function record(table: string, columns: Record<string, fc.Arbitrary<string | null>>) {
  return fc.record(columns).map((values) => ({ table, values: values as Record<string, string | null> }));
}
