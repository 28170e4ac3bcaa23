import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { closeMarts, openMart } from "@/lib/mart";
import { openDuckDbWriter } from "@/lib/warehouse";
import { writtenFolder } from "@/tests/support/written-folder";
import { draftFileOf, draftMart, type MartDraft, readDraft, registerMart, saveDraft } from "./index";

afterEach(closeMarts);

const files = {
  "shops.csv": "shop_code;town;opened;rent\nA1;Nørby;31.12.2019;1,5\nB2;Søby;01.02.2020;NA\n",
  "sales.csv": "shop_code,code,amount\nA1,007,1\nA1,008,2\nZ9,009,3\n",
};

async function drafted(more: Record<string, string | Uint8Array> = {}) {
  const folder = await writtenFolder({ ...files, ...more });
  const dataDir = await writtenFolder();
  return { dataDir, folder, draft: await draftMart({ name: "shops", folder, stamp: "v2026.01" }) };
}

describe("registerMart", () => {
  it("publishes typed tables with their registry", async () => {
    const { draft, dataDir } = await drafted();
    const made = await registerMart(draft, { dataDir });
    expect(made).toMatchObject({ name: "shops", stamp: "v2026.01", tables: 2, features: 4 });
    const { registry, warehouse } = await openMart("shops", { dataDir });
    const { rows } = await warehouse.query('SELECT * FROM "shops" ORDER BY 1');
    expect(rows).toEqual([
      ["A1", "Nørby", "2019-12-31", 1.5],
      ["B2", "Søby", "2020-02-01", null],
    ]);
    expect(registry.features.find(({ name }) => name === "rent")).toMatchObject({
      nullRate: 0.5,
      isKey: false,
    });
    expect(registry.tables.find(({ name }) => name === "shops")).toMatchObject({
      rowCount: 2,
      owner: "local",
    });
    expect(registry.values.map(({ value }) => value)).toContain("Søby");
  });

  it("builds what Parquet holds as it holds it, and leaves out what is no value", async () => {
    const work = await writtenFolder();
    const engine = await openDuckDbWriter(path.join(work, "w.duckdb"));
    const file = path.join(work, "x.parquet");
    await engine.run(`COPY (SELECT * FROM (VALUES
      (1::INTEGER, 1.25::DECIMAL(9,2), 'NaN'::DOUBLE, [1, 2], TIMESTAMPTZ '2024-01-01 00:00:00+02', ''),
      (2, 2.5, 1.5, [3], NULL, 'b')) AS t(id, price, rate, list, at_time, word)) TO '${file}' (FORMAT parquet)`);
    await engine.close();
    const { draft, dataDir } = await drafted({ "things.parquet": await readFile(file) });
    await registerMart(draft, { dataDir });
    const { warehouse } = await openMart("shops", { dataDir });
    const { rows, columns } = await warehouse.query('SELECT * FROM "things" ORDER BY id');
    expect(columns.map(({ name }) => name)).toEqual(["id", "price", "rate", "at_time", "word"]);
    expect(rows).toEqual([
      [1, "1.25", null, "2023-12-31T22:00:00Z", null],
      [2, "2.50", 1.5, null, "b"],
    ]);
    expect(draft.warnings.join()).toContain('things: column "list" (INTEGER[]) was left out');
  });

  it("keeps a key that numbers the rows in the order of the file", async () => {
    const { draft, dataDir } = await drafted({
      "visits.csv": "page,s\nb,1\na,1\nb,1\n",
      "raw_visits.csv": "x\n5\n",
    });
    await registerMart(draft, { dataDir });
    const { warehouse } = await openMart("shops", { dataDir });
    const { rows } = await warehouse.query('SELECT visit_row, page FROM "visits" ORDER BY 1');
    expect(rows).toEqual([
      [1, "b"],
      [2, "a"],
      [3, "b"],
    ]);
  });
});

describe("a computed feature", () => {
  const planes = "tailnum,year,seats\nN1,2013,100\nN2,NA,55\nN3,1956,2\nN4,2014,9\n";
  const flights = "flight_no,tailnum,at\nF1,N1,2013-12-31 23:00:00\nF2,N3,2013-01-01 00:00:00\n";
  const corrected = async (edit: (planes: MartDraft["tables"][number]) => unknown) => {
    const folder = await writtenFolder({ "planes.csv": planes, "flights.csv": flights });
    const dataDir = await writtenFolder();
    const draft = await draftMart({ name: "air", folder, stamp: "v2013.12" });
    edit(draft.tables.find(({ name }) => name === "planes") as MartDraft["tables"][number]);
    const file = await saveDraft(draft, { dataDir });
    const { features } = await registerMart(await readDraft("air", { dataDir }), { dataDir });
    return { features, ...(await openMart("air", { dataDir })), file };
  };

  it("is registered without a column, measured at the mart's own time", async () => {
    const { registry, warehouse, features, file } = await corrected(() => {});
    expect(registry.asOf).toBe("2013-12-31T23:00:00.000Z");
    expect(registry.features.find(({ name }) => name === "age")).toEqual({
      table: "planes",
      name: "age",
      description: "age of planes in years at the row's time: years since planes.year",
      type: "integer",
      unit: "years",
      family: "plane",
      derived: { kind: "years_since", column: "year" },
      isKey: false,
      pii: false,
      owner: "local",
      nullRate: 0.5,
      distinctCount: 2,
      min: "0",
      max: "57",
    });
    const { columns } = await warehouse.query('SELECT * FROM "planes" LIMIT 0');
    expect(columns.map(({ name }) => name)).toEqual(["tailnum", "year", "seats"]);
    expect(features).toBe(3);
    expect(JSON.parse(await readFile(file, "utf8")).tables[1].derived[0]).toMatchObject({ name: "age" });
  });

  it("can be called otherwise, given a rule, or taken out", async () => {
    const named = await corrected((table) =>
      Object.assign(table.derived?.[0] ?? {}, { name: "years_flown", aggregation: "mean" }),
    );
    expect(named.registry.features.find(({ derived }) => derived)).toMatchObject({
      name: "years_flown",
      aggregation: "mean",
    });
    const without = await corrected((table) => delete table.derived);
    expect(without.registry.features.some(({ derived }) => derived)).toBe(false);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["of no column", { column: "built" }, "derived[0].column: there is no column of planes called built"],
    [
      "of text",
      { column: "tailnum" },
      "derived[0].column: tailnum is text, and years are counted from an integer",
    ],
    ["of a column's name", { name: "Seats" }, "derived[0].name: Seats stands there twice"],
    [
      "by a weight that is not there",
      { weight: "mass" },
      "derived[0].weight: there is no column of planes called mass",
    ],
    [
      "by the latest of no time",
      { aggregation: "latest" },
      "derived[0].aggregation: latest needs the table's eventTime",
    ],
    ["of another kind", { kind: "days_since" }, "derived[0].kind"],
  ])("%s is refused by its place", async (_title, change, message) => {
    await expect(corrected((table) => Object.assign(table.derived?.[0] ?? {}, change))).rejects.toMatchObject(
      { code: "BAD_INPUT", message: expect.stringContaining(`tables[1].${message}`) },
    );
  });

  it("of personal data that is not said to be personal is refused", async () => {
    await expect(corrected((table) => Object.assign(table.columns[1] ?? {}, { pii: true }))).rejects.toThrow(
      "tables[1].derived[0].pii: age is made of year, which is personal, so it is personal too",
    );
  });
});

describe("a corrected mart.json", () => {
  type Edit = (draft: MartDraft) => unknown;
  async function rebuilt(edit: Edit) {
    const { draft, dataDir } = await drafted();
    await saveDraft(draft, { dataDir });
    const file = draftFileOf("shops", dataDir);
    const edited = JSON.parse(await readFile(file, "utf8")) as MartDraft;
    await writeFile(file, JSON.stringify(edit(edited) ?? edited));
    await registerMart(await readDraft("shops", { dataDir }), { dataDir });
    return openMart("shops", { dataDir });
  }
  const table = (draft: MartDraft, name: string) =>
    draft.tables.find((t) => t.name === name) as MartDraft["tables"][number];
  const column = (draft: MartDraft, name: string, of: string) =>
    table(draft, of).columns.find((c) => c.name === name) as MartDraft["tables"][number]["columns"][number];

  it("decides what is built", async () => {
    const { registry, warehouse } = await rebuilt((draft) => {
      column(draft, "code", "sales").name = "till";
      table(draft, "sales").grain = ["till"];
      table(draft, "sales").keys[0] = { kind: "primary", entity: "sale", columns: ["till"] };
      column(draft, "amount", "sales").aggregation = "sum";
      column(draft, "amount", "sales").type = "float";
      draft.tables[1]?.columns.splice(1, 1); // the town
    });
    expect((await warehouse.query('SELECT till, amount FROM "sales" LIMIT 1')).columns[1]?.type).toBe(
      "float",
    );
    expect(registry.features.find(({ name }) => name === "amount")?.aggregation).toBe("sum");
    expect(registry.features.some(({ name }) => name === "town")).toBe(false);
  });

  it.each<[string, string, Edit, string]>([
    [
      "a type that is none",
      "BAD_INPUT",
      (d) => void Object.assign(column(d, "town", "shops"), { type: "string" }),
      "tables[1].columns[1].type",
    ],
    [
      "a field that is none",
      "BAD_INPUT",
      (d) => void Object.assign(table(d, "sales"), { grian: [] }),
      "tables[0]: Unrecognized key",
    ],
    [
      "values that do not fit",
      "BAD_INPUT",
      (d) => void Object.assign(column(d, "town", "shops"), { type: "integer" }),
      'tables[1].columns[1].type: 2 values of shops.town do not fit integer, for instance "',
    ],
    [
      "a token that is a value again",
      "BAD_INPUT",
      (d) => void Object.assign(column(d, "rent", "shops"), { nullTokens: [] }),
      'do not fit float written as decimal comma, for instance "NA"',
    ],
    [
      "a grain that does not hold",
      "GRAIN_FALSE",
      (d) => void Object.assign(table(d, "sales"), { grain: ["shop_code"] }),
      'tables[0].grain: shop_code do not tell the rows of sales apart, for instance ["A1"]',
    ],
    [
      "a column that is not there",
      "BAD_INPUT",
      (d) => void Object.assign(table(d, "sales"), { grain: ["shop"] }),
      "tables[0].grain[0]: there is no column of sales called shop",
    ],
    [
      "a time that is none",
      "BAD_INPUT",
      (d) => void Object.assign(table(d, "sales"), { eventTime: "amount" }),
      "tables[0].eventTime: amount is integer, not a timestamp or a date",
    ],
    [
      "an entity that is not there",
      "BAD_INPUT",
      (d) => void Object.assign(table(d, "sales"), { entity: "till" }),
      "tables[0].entity: there is no entity till",
    ],
    [
      "two columns of one name",
      "BAD_INPUT",
      (d) => void Object.assign(column(d, "town", "shops"), { name: "Rent" }),
      "tables[1].columns[3].name: rent stands there twice",
    ],
    [
      "a table of the registry's name",
      "BAD_INPUT",
      (d) => void Object.assign(table(d, "sales"), { name: "feature_registry" }),
      "tables[0].name: the registry's own tables have this name",
    ],
    [
      "a path for a file",
      "BAD_INPUT",
      (d) => void Object.assign(table(d, "sales"), { file: "../sales.csv" }),
      "tables[0].file",
    ],
    [
      "another header",
      "BAD_INPUT",
      (d) => void Object.assign(column(d, "town", "shops"), { header: "city" }),
      'tables[1].columns[1].header: column 2 of shops.csv is called "town", not "city"',
    ],
    [
      "a key of another type",
      "KEY_TYPE_MISMATCH",
      (d) => {
        Object.assign(column(d, "code", "sales"), { type: "integer" });
        table(d, "sales").keys.push({ kind: "foreign", entity: "shop", columns: ["code"] });
      },
      "sales.code is integer, but shops.shop_code is text",
    ],
  ])("is refused for %s, by its place", async (_title, code, edit, message) => {
    await expect(rebuilt(edit)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it("is refused where it is not JSON", async () => {
    const { draft, dataDir } = await drafted();
    const file = await saveDraft(draft, { dataDir });
    await writeFile(file, "{ name: ");
    await expect(readDraft("shops", { dataDir })).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: expect.stringContaining("is not JSON"),
    });
  });

  it("that cannot be built leaves the mart as it was", async () => {
    const { draft, dataDir } = await drafted();
    await registerMart(draft, { dataDir });
    const before = (await openMart("shops", { dataDir })).registry.contentHash;
    const broken = structuredClone(draft);
    table(broken, "sales").grain = ["shop_code"];
    await expect(registerMart(broken, { dataDir })).rejects.toMatchObject({ code: "GRAIN_FALSE" });
    expect((await openMart("shops", { dataDir })).registry.contentHash).toBe(before);
  });
});
