import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DuckDbWriter, openDuckDbWarehouse, openDuckDbWriter, type Warehouse } from "@/lib/warehouse";
import { contentHash } from "./content-hash";

let folder: string;
let warehouses: Warehouse[];
let other: DuckDbWriter;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "content-hash-"));
  await mkdir(path.join(folder, "out"));
  warehouses = [];
  for (const threads of [1, 4]) {
    const file = path.join(folder, `${threads}.duckdb`);
    await (await openDuckDbWriter(file)).close();
    warehouses.push(
      await openDuckDbWarehouse({ path: file, writableDirectories: [path.join(folder, "out")], threads }),
    );
  }
  other = await openDuckDbWriter(path.join(folder, "other.duckdb"));
});
afterAll(async () => {
  await Promise.all([...warehouses, other].map((one) => one.close()));
  await rm(folder, { recursive: true, force: true });
});

let count = 0;
async function hashOf(sql: string, warehouse = warehouses[1] as Warehouse): Promise<string> {
  const file = await warehouse.writeParquet(sql, path.join(folder, "out", `${count++}.parquet`));
  const hash = await contentHash(warehouse, file);
  await rm(file.path);
  return hash;
}

describe("different data have different hashes", () => {
  it.each([
    [
      "NULL, '' and words for them",
      ["NULL::TEXT", "''", "'NULL'", "'N'", "'\\N'", "'0:'", "' '"].map((v) => `SELECT ${v} AS a`),
    ],
    [
      "a boundary moved",
      [
        "'a', 'bc'",
        "'ab', 'c'",
        "'a|2:bc', ''",
        "'', 'a|2:bc'",
        "'a', NULL",
        "NULL, 'a'",
        "'1:a|1', 'b'",
      ].map((v) => `SELECT * FROM (VALUES (${v})) AS t(a, b)`),
    ],
    [
      "a NULL number, zero and signs",
      [
        "NULL::DOUBLE",
        "0::DOUBLE",
        "-0.0::DOUBLE",
        "'nan'::DOUBLE",
        "1e-300",
        "0.1::DOUBLE",
        "0.3::DOUBLE",
        "0.1::DOUBLE + 0.2::DOUBLE",
      ].map((v) => `SELECT ${v}::DOUBLE AS a`),
    ],
    [
      "another order",
      ["1, 2, 3", "3, 2, 1", "2, 1, 3", "1, 2", "1, 2, 3, 3"].map((v) => `SELECT unnest([${v}]) AS a`),
    ],
    [
      "names and types",
      [
        "1 AS a",
        "1 AS b",
        "'1' AS a",
        "1.0::DECIMAL(9, 1) AS a",
        "true AS a",
        "DATE '2026-01-01' AS a",
        "TIMESTAMP '2026-01-01 00:00:00' AS a",
        "1 AS a, 1 AS b",
      ].map((v) => `SELECT ${v}`),
    ],
    ["no rows", ["SELECT 1 AS a WHERE false", "SELECT 1 AS b WHERE false", "SELECT NULL::INT AS a"]],
    [
      "a microsecond",
      ["TIMESTAMP '2026-01-01 00:00:00'", "TIMESTAMP '2026-01-01 00:00:00.000001'"].map(
        (v) => `SELECT ${v} AS a`,
      ),
    ],
  ])("%s", async (_, statements) => {
    const hashes = [];
    for (const sql of statements) hashes.push(await hashOf(sql));
    expect(new Set(hashes).size).toBe(statements.length);
  });

  it("one cell of 100,000", async () => {
    const sql = (odd: number) =>
      `SELECT i, CASE WHEN i = ${odd} THEN 'x' ELSE 'y' END AS s FROM range(100000) r(i)`;
    const hashes = [
      await hashOf(sql(-1)),
      await hashOf(sql(0)),
      await hashOf(sql(99_999)),
      await hashOf(sql(16_384)),
    ];
    expect(new Set(hashes).size).toBe(4);
  });

  it("exactly when the rows differ, for any text", async () => {
    const texts = fc.option(
      fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom("|", ":", "N", "1:", "é|")),
    );
    const rows = fc.array(fc.tuple(texts, texts), { minLength: 1, maxLength: 3 });
    const clean = (value: string | null) => value?.replaceAll("\0", "") ?? null;
    const literal = (value: string | null) => (value === null ? "NULL" : `'${value.replaceAll("'", "''")}'`);
    const sqlOf = (table: (string | null)[][]) =>
      `SELECT a::TEXT AS a, b::TEXT AS b FROM (VALUES ${table.map((row) => `(${row.map(literal).join(", ")})`).join(", ")}) AS t(a, b)`;
    await fc.assert(
      fc.asyncProperty(rows, rows, async (one, two) => {
        const [left, right] = [one, two].map((table) => table.map((row) => row.map(clean)));
        const equal = JSON.stringify(left) === JSON.stringify(right);
        expect((await hashOf(sqlOf(left ?? []))) === (await hashOf(sqlOf(right ?? [])))).toBe(equal);
      }),
      { numRuns: 40 },
    );
  });
});

describe("equal data have equal hashes", () => {
  const wide = `SELECT i, CASE WHEN i % 3 > 0 THEN sqrt(i) END AS f, (i / 7)::FLOAT AS g, (i * 0.01)::DECIMAL(18, 2) AS d,
    TIMESTAMP '2026-01-01' + to_seconds(i) AS ts, TIMESTAMPTZ '2026-01-01 00:00:00+00' + to_seconds(i) AS tz, 'é' || i AS s, i % 2 = 0 AS b,
    DATE '2026-01-01' + (i % 1000)::INT AS dt FROM range(60000) r(i) ORDER BY i`;

  it("with one thread and with four", async () => {
    expect(await hashOf(wide, warehouses[0])).toBe(await hashOf(wide, warehouses[1]));
  });

  it("however the file is laid out and compressed", async () => {
    const [warehouse] = warehouses as [Warehouse];
    const target = path.join(folder, "out", "layout.parquet");
    const file = await warehouse.writeParquet(wide, target);
    const hash = await contentHash(warehouse, file);
    await other.run(
      `COPY (${wide}) TO '${target}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 2048)`,
    );
    expect(await contentHash(warehouse, file)).toBe(hash);
  });
});

it("is what its description says", async () => {
  const sql = "SELECT * FROM (VALUES (1, 'é|', 0.5::DOUBLE, NULL), (NULL, '', NULL, true)) AS t(i, s, f, b)";
  const digest = (text: string) => createHash("sha256").update(text).digest("hex");
  const rows = ["1|3:é||0.5|N", "N|0:|N|true"].map(digest).join("");
  const columns = [
    ["i", "integer"],
    ["s", "text"],
    ["f", "float"],
    ["b", "boolean"],
  ];
  expect(await hashOf(sql)).toBe(digest(JSON.stringify(["sha256-of-rows-1", columns, 2, [digest(rows)]])));
});
