import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ConformRuns, type LandingRow, setUpConform } from "@/tests/support/conform-runs";
import { shopTables } from "@/tests/support/shop-tables";

let runs: ConformRuns;
beforeAll(async () => {
  runs = await setUpConform(shopTables);
});
afterAll(() => runs.close());

const end = "2026-11-01T00:00:00Z";
const shop = (id: string, sequence: number, more: Record<string, string | null> = {}): LandingRow => ({
  sequence,
  values: {
    shop_id: id,
    contact_name: "A. Person",
    kind: "big",
    plan: "free",
    staff: "3",
    status: "active",
    opened_at: "2026-01-01T00:00:00Z",
    closed_at: null,
    updated_at: "2026-01-01T00:00:00Z",
    ...more,
  },
});
const offer = (id: string, sequence: number, more: Record<string, string | null> = {}): LandingRow => ({
  sequence,
  values: {
    offer_id: id,
    shop_id: "S1",
    price: "10",
    is_new: "true",
    made_on: "2026-05-01",
    ended_on: null,
    outcome: "open",
    ...more,
  },
});
const visit = (id: string, sequence: number, more: Record<string, string | null> = {}): LandingRow => ({
  sequence,
  values: {
    event_id: id,
    offer_id: "O1",
    began_at: "2026-06-01T10:00:00Z",
    received_at: "2026-06-01T11:00:00Z",
    ...more,
  },
});
let stamps = 0;
const run = (landing: Record<string, LandingRow[]>, more: { end?: string; previous?: string | null } = {}) =>
  runs.run({ stamp: `v${2000 + stamps++}.01`, end, landing, ...more });

describe("one key, several records", () => {
  it("keeps the last by sequence however the records are ordered", async () => {
    const { rows, accounts } = await run({
      shops: [shop("S1", 1)],
      offers: [offer("O1", 9, { price: "30" }), offer("O1", 2, { price: "20" }), offer("O1", 1)],
    });
    expect((await rows("offers")).map(({ price }) => price)).toEqual([30]);
    expect(accounts.find(({ table }) => table === "offers")).toMatchObject({
      read: 3,
      kept: 1,
      superseded: 2,
    });
  });

  it("takes the later position where sequences are equal, as a number", async () => {
    const { rows } = await run({
      prices: [
        { sequence: 1, position: "prices.csv:9", values: { make: "A", month: "2026-01-01", price: "9" } },
        { sequence: 1, position: "prices.csv:12", values: { make: "A", month: "2026-01-01", price: "12" } },
      ],
    });
    expect((await rows("prices")).map(({ price }) => price)).toEqual([12]);
  });

  it("removes what was deleted, and lets it live again when inserted again", async () => {
    const gone = (id: string, sequence: number): LandingRow => ({
      sequence,
      deleted: true,
      values: { offer_id: id },
    });
    const { rows, accounts } = await run({
      shops: [shop("S1", 1)],
      offers: [
        offer("O1", 1),
        gone("O1", 2),
        offer("O2", 3),
        gone("O2", 4),
        offer("O2", 5, { price: "7" }),
        gone("O3", 6),
      ],
    });
    expect((await rows("offers")).map(({ offer_id, price }) => [offer_id, price])).toEqual([["O2", 7]]);
    expect(accounts.find(({ table }) => table === "offers")).toMatchObject({
      kept: 1,
      deleted: 3,
      superseded: 2,
    });
  });

  it("sets aside a log's second record of one event, not the same record read twice", async () => {
    const { report, rows } = await run({
      shops: [shop("S1", 1)],
      offers: [offer("O1", 1)],
      visits: [visit("E1", 1), visit("E1", 2), visit("E2", 3)],
    });
    expect((await rows("visits")).map(({ event_id }) => event_id)).toEqual(["E1", "E2"]);
    expect(report.quarantine).toEqual([{ table: "visits", reason: "duplicate", column: null, rows: 1 }]);
    const again = await run({ visits: [visit("E2", 3)] }, { previous: `v${2000 + stamps - 1}.01` });
    expect(again.report.quarantine).toEqual([]);
    expect(again.accounts.find(({ table }) => table === "visits")).toMatchObject({ kept: 2, superseded: 1 });
  });

  it("takes a file that is read whole for all there is, whatever an earlier stamp knew", async () => {
    const row = (line: number, make: string, price: string) => ({
      sequence: line,
      position: `prices.csv:${line}`,
      values: { make, month: "2026-01-01", price },
    });
    await run({ prices: [row(2, "A", "1"), row(3, "B", "2")] });
    const { rows } = await run({ prices: [row(2, "B", "3")] }, { previous: `v${2000 + stamps - 1}.01` });
    expect((await rows("prices")).map(({ make, price }) => [make, price])).toEqual([["B", 3]]);
  });

  it("sets aside an equal row of a table that is read whole, and not an older version", async () => {
    const row = (sequence: number, price: string) => ({
      sequence,
      values: { make: "A", month: "2026-01-01", price },
    });
    const { report, accounts } = await run({ prices: [row(1, "1"), row(2, "2"), row(3, "2")] });
    expect(report.quarantine).toEqual([{ table: "prices", reason: "duplicate", column: null, rows: 1 }]);
    expect(accounts.find(({ table }) => table === "prices")).toMatchObject({
      kept: 1,
      superseded: 1,
      setAside: 1,
    });
  });
});

describe("what is set aside", () => {
  it("tells one reason per row with column, excerpt, key and position, and nothing personal", async () => {
    const { rows, report } = await run({
      shops: [
        shop("S1", 1),
        shop("S2", 2, { contact_name: "" }),
        shop("S3", 3, { contact_name: "x".repeat(300), staff: "1e309" }),
        shop("S4", 4, { staff: `many\u0007${"!".repeat(300)}` }),
        shop("S5", 5, { staff: "101", opened_at: "2026-02-30T00:00:00Z" }),
        shop(" ", 6),
      ],
    });
    expect(await rows("quarantine")).toEqual(
      [
        ["missing_value", "contact_name", null, "S2", 2],
        ["missing_value", "shop_id", " ", null, 6],
        ["out_of_range", "contact_name", null, "S3", 3],
        ["out_of_range", "staff", "101", "S5", 5],
        ["wrong_type", "staff", `many ${"!".repeat(195)}`, "S4", 4],
      ].map(([reason, column, found, key, sequence]) => ({
        source: "shop",
        table: "shops",
        reason,
        column,
        found,
        key,
        position: `shops:${sequence}`,
      })),
    );
    expect(report.quarantine.map(({ rows: count }) => count)).toEqual([1, 1, 1, 1, 1]);
  });

  it("sets aside what refers to a row that is set aside, in turn; null refers to nothing", async () => {
    const { rows, report } = await run({
      shops: [shop("S1", 1, { staff: "x" })],
      offers: [offer("O1", 1), offer("O2", 2, { shop_id: null })],
      visits: [visit("E1", 1), visit("E2", 2, { offer_id: "O2" }), visit("E3", 3, { offer_id: null })],
    });
    expect((await rows("visits")).map(({ event_id }) => event_id)).toEqual(["E2", "E3"]);
    expect(report.quarantine).toEqual([
      { table: "offers", reason: "unknown_key", column: "shop_id", rows: 1 },
      { table: "shops", reason: "wrong_type", column: "staff", rows: 1 },
      { table: "visits", reason: "unknown_key", column: "offer_id", rows: 1 },
    ]);
  });

  it("sets aside a record that the log took too long after the event", async () => {
    const { rows, report } = await run({
      visits: [
        visit("E1", 1, { offer_id: null, received_at: "2026-06-04T10:00:00Z" }),
        visit("E2", 2, { offer_id: null, received_at: "2026-06-04T10:00:01Z" }),
      ],
    });
    expect((await rows("visits")).map(({ event_id }) => event_id)).toEqual(["E1"]);
    expect(report.quarantine).toEqual([{ table: "visits", reason: "too_late", column: "began_at", rows: 1 }]);
    expect((await rows("quarantine"))[0]).toMatchObject({ key: "E2", found: "2026-06-01T10:00:00Z" });
  });
});

describe("as known at the end", () => {
  it("leaves out what came later and masks what happened later, until a later end", async () => {
    const landing = {
      shops: [shop("S1", 1)],
      offers: [
        offer("O1", 1, { ended_on: "2026-11-15", outcome: "sold" }),
        offer("O2", 2, { made_on: "2026-11-01" }),
        offer("O3", 3, { ended_on: "2026-10-31", outcome: "sold" }),
      ],
    };
    const first = await run(landing);
    const known = (rows: Record<string, unknown>[]) =>
      rows.map(({ offer_id, ended_on, outcome }) => [offer_id, ended_on, outcome]);
    expect(known(await first.rows("offers"))).toEqual([
      ["O1", null, "open"],
      ["O3", "2026-10-31", "sold"],
    ]);
    expect(first.report.facts).toContainEqual({ label: "Not yet known at the end", value: 1, unit: "rows" });
    const second = await run({}, { end: "2026-12-01T00:00:00Z", previous: `v${2000 + stamps - 1}.01` });
    expect(known(await second.rows("offers"))).toEqual([
      ["O1", "2026-11-15", "sold"],
      ["O2", null, "open"],
      ["O3", "2026-10-31", "sold"],
    ]);
  });

  it("takes up a row whose reference comes with a later stamp, and does not tell of it twice till then", async () => {
    const first = await run({ offers: [offer("O1", 1), offer("O2", 2, { shop_id: "S2" })] });
    expect(first.report.quarantine).toMatchObject([{ reason: "unknown_key", rows: 2 }]);
    const second = await run({ shops: [shop("S2", 1)] }, { previous: `v${2000 + stamps - 1}.01` });
    expect((await second.rows("offers")).map(({ offer_id }) => offer_id)).toEqual(["O2"]);
    expect(second.report.quarantine).toEqual([]);
    expect(second.accounts.find(({ table }) => table === "offers")).toMatchObject({
      remembered: 2,
      kept: 1,
      stillAside: 1,
    });
  });
});

describe("slowly changing dimensions", () => {
  const change = (id: string, sequence: number, from: string | null, to: string, at: string): LandingRow => ({
    sequence,
    values: { change_id: `C${sequence}`, shop_id: id, old_plan: from, new_plan: to, changed_at: at },
  });

  it("keeps every version without gaps: told by another table, seen, and by the time of a mask", async () => {
    const { rows } = await run({
      shops: [
        shop("S1", 1),
        shop("S1", 2, { staff: "5", updated_at: "2026-04-01T00:00:00Z" }),
        shop("S1", 3, {
          staff: "5",
          plan: "free",
          status: "closed",
          closed_at: "2026-08-01T00:00:00Z",
          updated_at: "2026-12-05T00:00:00Z",
        }),
      ],
      plan_changes: [
        change("S1", 1, null, "free", "2026-01-01T00:00:00Z"),
        change("S1", 2, "free", "gold", "2026-03-01T00:00:00Z"),
        change("S1", 3, "gold", "free", "2026-11-20T00:00:00Z"),
      ],
    });
    const history = await rows("shops_history");
    expect(
      history.map((row) => [row.plan, row.staff, row.status, row.valid_from, row.valid_to, row.is_current]),
    ).toEqual([
      ["free", 3, "active", "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z", false],
      ["gold", 3, "active", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", false],
      ["gold", 5, "active", "2026-04-01T00:00:00Z", "2026-08-01T00:00:00Z", false],
      ["gold", 5, "closed", "2026-08-01T00:00:00Z", null, true],
    ]);
    expect(await rows("shops")).toMatchObject([{ plan: "gold", staff: 5, status: "closed" }]);
  });

  it("keeps a version that was undone", async () => {
    const closed = {
      status: "closed",
      closed_at: "2026-08-01T00:00:00Z",
      updated_at: "2026-08-02T00:00:00Z",
    };
    const { rows } = await run({
      shops: [shop("S1", 1), shop("S1", 2, closed), shop("S1", 3, { updated_at: "2026-09-01T00:00:00Z" })],
    });
    const history = await rows("shops_history");
    expect(history.map(({ status, valid_from }) => [status, valid_from])).toEqual([
      ["active", "2026-01-01T00:00:00Z"],
      ["closed", "2026-08-01T00:00:00Z"],
      ["active", "2026-09-01T00:00:00Z"],
    ]);
  });

  it("knows the plan at the end from the change that undoes it later", async () => {
    const { rows } = await run({
      shops: [shop("S1", 1, { plan: "gold" })],
      plan_changes: [change("S1", 1, "free", "gold", "2026-11-20T00:00:00Z")],
    });
    expect(await rows("shops")).toMatchObject([{ plan: "free" }]);
  });

  it("keeps the first value of what never changes, and says that it was found changed", async () => {
    const { rows, report } = await run({
      shops: [shop("S1", 1), shop("S1", 2, { kind: "small", updated_at: "2026-04-01T00:00:00Z" })],
    });
    expect(await rows("shops")).toMatchObject([{ kind: "big" }]);
    expect(report.facts).toContainEqual({
      label: "First value kept: shops.kind was found changed",
      value: 1,
      unit: "rows",
    });
  });
});

it("writes the same bytes when it is run again", async () => {
  const landing = {
    shops: [shop("S1", 1), shop("S2", 2, { staff: "x" })],
    offers: [offer("O2", 2), offer("O1", 1)],
  };
  const hashes = async () => (await run(landing)).files.map(({ name, sha256 }) => [name, sha256]);
  expect(await hashes()).toEqual(await hashes());
});

it("refuses a previous stamp without remembered records, and says what to do", async () => {
  await expect(run({}, { previous: "v1999.01" })).rejects.toMatchObject({
    code: "BAD_INPUT",
    message: expect.stringContaining("without a previous stamp"),
  });
});
