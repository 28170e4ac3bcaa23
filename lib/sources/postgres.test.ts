import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { field, type SourceTable } from "@/lib/pipeline/source-table";
import { openPostgres, type PostgresClient } from "@/lib/postgres";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { runExtract } from "@/tests/support/run-extract";

const shops: SourceTable = {
  source: "platform",
  name: "shops",
  protocol: "postgres",
  description: "Shops.",
  row: z.object({
    shop_id: field.text(),
    staff: field.integer(),
    is_open: field.flag(),
    contact_name: field.text(),
    opened_at: field.time(),
    updated_at: field.time(),
  }),
  key: ["shop_id"],
  references: [],
  createdAt: "opened_at",
  changes: 1,
};
/** Its times are kept as text. */
const visits: SourceTable = {
  ...shops,
  name: "visits",
  row: z.object({ visit_id: field.text(), seen_at: field.time() }),
  key: ["visit_id"],
  createdAt: "seen_at",
};

let database: TestDatabase;
let client: PostgresClient;

beforeAll(async () => {
  database = await createTestDatabase();
  client = openPostgres(database.url, { max: 1, connect_timeout: 5 });
  await client.unsafe(`
    create table shops (shop_id text, staff numeric, is_open boolean, contact_name text, opened_at timestamptz,
      updated_at timestamp, note text);
    insert into shops values
      ('S1', 4.50, true, 'A', '2026-09-01 05:30:00+05:30', '2026-09-02 10:00:00', 'x'),
      ('S2', null, false, E'two\\nlines "é"', '2026-09-01', '2026-10-05 00:00:00.25', 'x'),
      ('S2', 9, false, 'twice', '2026-09-01', '2026-10-05 00:00:00.25', 'x'),
      ('S3', 1e20, null, '', '2026-10-31 23:59:59.999999Z', '2026-11-05', 'changed after END, was there before'),
      ('S4', 1, true, 'late', '2026-11-01', '2026-11-01', 'came after END'),
      ('S5', 1, true, 'no time', null, null, 'x'),
      ('S6', 1, true, 'for ever', '-infinity', 'infinity', 'x'),
      ('S7', 1, true, repeat('x', 10 * 1024 * 1024), '2026-10-01', '2026-10-01', 'x');
    create table visits (visit_id text, seen_at text);
    insert into visits values ('V1', '2026-02-30 10:00:00'), ('V2', '2026-10-01'), ('V3', '2026-10-07T08:09:10Z'),
      ('V4', 'soon'), ('V5', null), ('V6', '2026-11-01'), ('V7', '2026-13-01');
  `);
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

describe("reading PostgreSQL", () => {
  const ids = (rows: { [name: string]: unknown }[] = []) => rows.map((row) => row.shop_id ?? row.visit_id);

  it("lands rows from before END as text, in the order of their last change", async () => {
    const { tables, setAside, facts } = await runExtract([shops], { platform: database.url });
    expect(ids(tables.shops)).toEqual(["S5", "S6", "S1", "S2", "S2", "S3"]);
    expect(tables.shops?.[3]).toEqual({
      shop_id: "S2",
      staff: "9",
      is_open: "false",
      contact_name: "twice",
      opened_at: "2026-09-01 00:00:00+00",
      updated_at: "2026-10-05 00:00:00.25",
      _position: "shops S2",
      _sequence: Date.parse("2026-10-05T00:00:00.250Z") * 1000,
      _operation: "upsert",
    });
    expect(tables.shops?.[2]).toMatchObject({ staff: "4.50", opened_at: "2026-09-01 00:00:00+00" });
    expect(tables.shops?.[4]).toMatchObject({ staff: null, contact_name: 'two\nlines "é"' });
    expect(tables.shops?.[5]).toMatchObject({ staff: "100000000000000000000", contact_name: "" });
    // Whose name it is stays with the source.
    expect(setAside).toMatchObject([
      { table: "shops", reason: "cell_too_large", column: "contact_name", key: "S7", found: null },
    ]);
    expect(facts.map(({ value }) => value)).toEqual([7, 6, 1]);
  });

  it("reads again what was changed since START", async () => {
    const window = { start: "2026-10-01T00:00:00Z", end: "2026-11-01T00:00:00Z" };
    const { tables } = await runExtract([shops, visits], { platform: database.url }, window);
    expect(ids(tables.shops)).toEqual(["S5", "S6", "S2", "S2", "S3"]);
    expect(ids(tables.visits)).toEqual(["V4", "V5", "V7", "V2", "V3"]);
    const all = await runExtract([visits], { platform: database.url });
    expect(ids(all.tables.visits)).toEqual(["V4", "V5", "V7", "V1", "V2", "V3"]);
  });

  it("says which table or columns are missing, and where no database answers", async () => {
    const tables = (row: z.ZodObject, name = "shops") => [{ ...shops, name, row }];
    const more = shops.row.extend({ rating: field.integer(), tills: field.integer() });
    await expect(runExtract(tables(more), { platform: database.url })).rejects.toMatchObject({
      code: "SOURCE_CHANGED",
      message: expect.stringContaining("lacks of the table shops the columns rating, tills"),
    });
    await expect(runExtract(tables(shops.row, "stores"), { platform: database.url })).rejects.toMatchObject({
      code: "SOURCE_CHANGED",
      message: expect.stringContaining("lacks the table stores"),
    });
    const gone = new URL(database.url);
    gone.port = "1";
    gone.password = "a-secret-word";
    const failure = await runExtract([shops], { platform: gone.href }).catch((thrown) => thrown);
    expect(failure).toMatchObject({ code: "SOURCE_UNAVAILABLE" });
    expect(failure.message).toContain("SOURCE_PLATFORM_URL");
    expect(failure.message + JSON.stringify(failure.details)).not.toContain("a-secret-word");
  });
});
