import { describe, expect, it } from "vitest";
import { writtenFolder } from "@/tests/support/written-folder";
import { draftMart } from "./draft-mart";

const now = new Date("2026-11-21T12:00:00Z");

async function draft(files: Record<string, string | Uint8Array>) {
  const made = await draftMart({ name: "shop", folder: await writtenFolder(files), now });
  const table = (name: string) => {
    const found = made.tables.find((t) => t.name === name);
    if (!found) throw new Error(`no table ${name}`);
    return found;
  };
  return { ...made, table };
}

const lines = (header: string, rows: (string | number)[][]) =>
  [header, ...rows.map((row) => row.join(","))].join("\n");
const range = (count: number) => Array.from({ length: count }, (_, index) => index);
const hour = (index: number) => new Date(Date.UTC(2024, 0, 1, index)).toISOString();

const customers = lines(
  "customer_id,name,email,signed_up,score",
  range(30).map((i) => [i + 1, `Customer ${i}`, `c${i}@example.org`, `2023-05-0${(i % 9) + 1}`, i * 3]),
);

describe("draftMart: keys and references", () => {
  it("takes what identifies a customer, and orders that refer to customers", async () => {
    const made = await draft({
      "customers.csv": customers,
      "orders.csv": lines(
        "order_no,customer_id,month,ordered_at,amount",
        range(60).map((i) => [`A${i}`, (i % 40) + 1, (i % 12) + 1, hour(i * 7), i + 0.5]),
      ),
    });
    expect(made.table("customers")).toMatchObject({
      entity: "customer",
      kind: "entity",
      grain: ["customer_id"],
      keys: [{ kind: "primary", entity: "customer", columns: ["customer_id"] }],
    });
    // The day of signing up is no time of a customer's row.
    expect(made.table("customers").eventTime).toBeUndefined();
    expect(made.table("orders")).toMatchObject({
      entity: "order",
      grain: ["order_no"],
      eventTime: "ordered_at",
      keys: [
        { kind: "primary", entity: "order", columns: ["order_no"] },
        { kind: "foreign", entity: "customer", columns: ["customer_id"] },
      ],
    });
    expect(made.references).toEqual([
      { from: "orders.customer_id", to: "customers.customer_id", values: 0.75, rows: 0.8333 },
    ]);
    expect(made.warnings).toContain("orders: 17 % of the rows with a customer_id have no row in customers");
    expect(made.asOf).toBe(hour(59 * 7));
    expect(made.stamp).toBe("v2026.11");
  });

  it("never takes small whole numbers for references", async () => {
    const made = await draft({
      "customers.csv": customers,
      "months.csv": lines(
        "code,month,days",
        range(12).map((i) => [`M${i}`, i + 1, 30]),
      ),
    });
    expect(made.references).toEqual([]);
  });

  it("lets codes refer by their values alone, and tells two references to one table apart", async () => {
    const codes = ["AAA", "BBB", "CCC", "DDD"];
    const made = await draft({
      "ports.csv": lines(
        "code,town",
        codes.map((code) => [code, `Town ${code}`]),
      ),
      "trips.csv": lines(
        "trip_id,leaves,arrives,ship_port",
        range(12).map((i) => [i, codes[i % 3] ?? "", codes[(i + 1) % 4] ?? "", codes[i % 4] ?? ""]),
      ),
    });
    expect(made.table("trips").keys.slice(1)).toEqual([
      { kind: "foreign", entity: "port", role: "leaves", columns: ["leaves"] },
      { kind: "foreign", entity: "port", role: "arrives", columns: ["arrives"] },
      { kind: "foreign", entity: "port", role: "ship", columns: ["ship_port"] },
    ]);
  });

  it("takes a table with the same key for features of the same entity", async () => {
    const made = await draft({
      "a_scores.csv": lines(
        "customer_id,risk",
        range(25).map((i) => [i + 1, i * 0.1]),
      ),
      "customers.csv": customers,
    });
    expect(made.table("a_scores")).toMatchObject({
      entity: "customer",
      kind: "feature",
      keys: [{ kind: "primary", entity: "customer", columns: ["customer_id"] }],
    });
    expect(made.table("customers").kind).toBe("entity");
    expect(made.entities.map(({ name }) => name)).toEqual(["customer"]);
  });

  it("finds keys of several columns, the likely ones before the accidental", async () => {
    const made = await draft({
      "results.csv": lines(
        "noise,student_code,subject,mark",
        range(60).map((i) => [(i * 7) % 59, `S${i % 12}`, `T${Math.floor(i / 12)}`, i % 5]),
      ),
    });
    expect(made.table("results").grain).toEqual(["student_code", "subject"]);
  });

  it("numbers the rows where nothing identifies one, and says so", async () => {
    const made = await draft({ "visits.csv": "page,seconds\nhome,1\nhome,1\nhelp,2\n" });
    expect(made.table("visits")).toMatchObject({ rowNumber: "visit_row", grain: ["visit_row"] });
    expect(made.warnings.join()).toContain("no columns identify a row");
  });
});

describe("draftMart: times", () => {
  const stations = "station_id,town\n1,A\n2,B\n3,C\n";
  const readings = range(3).flatMap((s) => range(200).map((i) => [s + 1, hour(i), i % 50]));

  it("takes regular observations for features in time, with an expiry of three steps", async () => {
    const made = await draft({
      "stations.csv": stations,
      "readings.csv": lines(
        "station_id,read_at,level,hour",
        readings.map((row, i) => [...row, i % 24]),
      ),
    });
    const parts = made.table("readings").columns.filter(({ timePart }) => timePart);
    expect(parts.map(({ name }) => name)).toEqual(["hour"]);
    expect(made.table("readings")).toMatchObject({
      entity: "station",
      kind: "feature",
      grain: ["station_id", "read_at"],
      keys: [{ kind: "foreign", entity: "station", columns: ["station_id"] }],
      eventTime: "read_at",
      ttlSeconds: 3 * 3600,
    });
  });

  it("keeps that grain where a few rows repeat, and says how many", async () => {
    const repeated = readings.slice(0, 4).map(([s, at]) => [s as number, at as string, 99]);
    const made = await draft({
      "stations.csv": stations,
      "readings.csv": lines("station_id,read_at,level", [...readings, ...repeated]),
    });
    expect(made.table("readings").grain).toEqual(["station_id", "read_at"]);
    expect(made.warnings.join()).toContain("station_id and read_at occur more than once in 4 rows");
  });

  it("sees through a mere number of the row, but not through an identifier with a name", async () => {
    const numbered = (key: string) =>
      lines(
        `${key},station_id,read_at`,
        readings.map((row, i) => [i, ...row.slice(0, 2)]),
      );
    const made = await draft({
      "stations.csv": stations,
      "readings.csv": numbered("id"),
      "deliveries.csv": numbered("delivery_id"),
    });
    expect(made.table("readings")).toMatchObject({ kind: "feature", grain: ["station_id", "read_at"] });
    expect(made.table("deliveries")).toMatchObject({ kind: "entity", grain: ["delivery_id"] });
  });

  it("does not take repeated times for a series where the steps are irregular", async () => {
    const rows = range(300).map((i) => [(i % 3) + 1, hour(Math.floor((i * i) / 50)), i % 7]);
    const made = await draft({
      "stations.csv": stations,
      "alarms.csv": lines("station_id,raised_at,level", [...rows, ...rows.slice(0, 2)]),
    });
    expect(made.table("alarms")).toMatchObject({
      kind: "entity",
      rowNumber: "alarm_row",
      eventTime: "raised_at",
    });
    expect(made.table("alarms").ttlSeconds).toBeUndefined();
  });

  it("tells when something was from when it was written, and asks where it cannot", async () => {
    const header = "sale_id,station_id,sold_at,created_at";
    const made = await draft({
      "stations.csv": stations,
      "sales.csv": lines(
        header,
        range(9).map((i) => [i, (i % 3) + 1, hour(i * i), hour(i * i + 1)]),
      ),
      "trips.csv": lines(
        "trip_id,station_id,left_at,arrived_at",
        range(9).map((i) => [i, (i % 3) + 1, hour(i * i), hour(i * i + 1)]),
      ),
    });
    expect(made.table("sales")).toMatchObject({ eventTime: "sold_at", createdTime: "created_at" });
    expect(made.table("trips").eventTime).toBeUndefined();
    expect(made.warnings).toContain(
      "trips: has several times (left_at, arrived_at): set eventTime to the one when a row became true",
    );
  });
});

describe("draftMart: words", () => {
  it("describes columns by name, table and values; flags personal data; guesses no rule", async () => {
    const made = await draft({
      "customers.csv": lines(
        "id,name,e_mail,contact,is_active,visit_count,amt_inr,avg_wait",
        range(20).map((i) => [
          i,
          `N ${i}`,
          `x${i}`,
          `+91 98${i + 10}0 00000`,
          i % 2 ? "true" : "false",
          i,
          i * 10,
          i / 3,
        ]),
      ),
      "vehicles.csv": "vin,make,year\nAAA1,X,1999\nAAA2,Y,2011\n",
      "shops.csv": "shop_code,name,year\nS1,North,2001\nS2,South,2002\n",
    });
    const columns = Object.fromEntries(
      made.table("customers").columns.map((column) => [column.name, column]),
    );
    expect(columns.visit_count).toMatchObject({
      aggregation: "sum",
      description: "visit count of customers, from 0 to 19",
    });
    expect(columns.is_active).toMatchObject({ aggregation: "flag_any", type: "boolean" });
    expect(columns.amt_inr).toMatchObject({ unit: "INR" });
    expect(columns.amt_inr?.aggregation).toBeUndefined();
    expect(columns.avg_wait?.description).toMatch(/^average wait of customers/);
    expect(
      made
        .table("customers")
        .columns.filter(({ pii }) => pii)
        .map(({ name }) => name),
    ).toEqual(["name", "e_mail", "contact"]);
    // Descriptions are shown to everyone and go to the planner; a person's address must not be in one.
    expect(made.table("customers").columns.find(({ name }) => name === "e_mail")?.description).toBe(
      "e mail of customers",
    );
    const years = ["vehicles", "shops"].map(
      (t) => made.table(t).columns.find(({ name }) => name === "year")?.description,
    );
    expect(years[0]).toBe("year of manufacture of vehicles, from 1999 to 2011");
    expect(years[1]).toBe("year of shops, from 2001 to 2002");
    expect(made.table("shops").columns.some(({ pii }) => pii)).toBe(false);
  });

  it("keeps hostile and odd headers out of names but not out of sight", async () => {
    const made = await draft({
      "Odd Files (1).csv": 'id,"x""; DROP TABLE y; --",,name,name,constructor\n1,2,3,4,5,6\n2,2,3,4,5,6\n',
    });
    const [table] = made.tables;
    expect(table?.name).toBe("odd_files_1");
    expect(table?.columns.map(({ name }) => name)).toEqual([
      "id",
      "x_drop_table_y",
      "column_3",
      "name",
      "name_2",
      "constructor",
    ]);
    expect(table?.columns[1]?.header).toBe('x"; DROP TABLE y; --');
    expect(made.warnings).toEqual([
      "odd_files_1: a column without a name is called column_3",
      "odd_files_1: a second column name is called name_2",
    ]);
  });

  it("tells refused rows and leaves out empty nameless columns", async () => {
    const made = await draft({ "a.csv": "id,b,\n1,2,\n3\n4,5,\n6,7,\n" });
    expect(made.table("a").seen).toEqual({
      rows: 3,
      refused: 1,
      refusals: [{ line: 3, reason: "1 fields instead of 3" }],
    });
    expect(made.warnings[0]).toBe("a: 1 of 4 rows were refused (line 3: 1 fields instead of 3)");
    expect(made.table("a").columns).toHaveLength(2);
  });
});

describe("draftMart: refusals", () => {
  it.each([
    ["no files", {}, "holds no .csv"],
    ["an empty file", { "a.csv": "" }, "a.csv: the file is empty"],
    [
      "a broken Parquet file",
      { "a.parquet": "PAR1 nothing" },
      "a.parquet: it could not be read as a Parquet file",
    ],
  ])("%s", async (_title, files, message) => {
    await expect(draft(files)).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: expect.stringContaining(message),
    });
  });

  it.each([
    ["Bad Name", undefined, "name: a mart's name"],
    ["../up", undefined, "name: a mart's name"],
    ["ok", "2026-11", "stamp: a stamp looks like v2026.11"],
  ])("the name %s and the stamp %s", async (name, stamp, message) => {
    const folder = await writtenFolder({ "a.csv": "id\n1\n" });
    await expect(draftMart({ name, folder, ...(stamp ? { stamp } : {}) })).rejects.toThrow(message);
  });

  it("a header without rows is a table without a grain", async () => {
    const made = await draft({ "a.csv": "id,b\n" });
    expect(made.table("a")).toMatchObject({ grain: [], keys: [] });
  });
});
