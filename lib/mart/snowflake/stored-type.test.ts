import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type DuckDbWriter, openDuckDbWriter } from "@/lib/warehouse";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { selectItem, storedType } from "./stored-type";

let folder: string;
let writer: DuckDbWriter;
beforeAll(async () => {
  folder = await temporaryFolder();
  writer = await openDuckDbWriter(path.join(folder, "types.duckdb"));
});
afterAll(async () => {
  await writer.close();
  await rm(folder, { recursive: true, force: true });
});

const cases: [value: string, type: string, written: string][] = [
  ["1::UTINYINT", "NUMBER(38, 0)", "UTINYINT"],
  ["9223372036854775807::BIGINT", "NUMBER(38, 0)", "BIGINT"],
  ["170141183460469231::HUGEINT", "NUMBER(38, 0)", "DECIMAL(38,0)"],
  ["1.25::DECIMAL(18, 2)", "NUMBER(18,2)", "DECIMAL(18,2)"],
  ["0.1::DOUBLE", "DOUBLE", "DOUBLE"],
  ["0.5::FLOAT", "DOUBLE", "DOUBLE"],
  ["'a'", "VARCHAR", "VARCHAR"],
  ["true", "BOOLEAN", "BOOLEAN"],
  ["DATE '2026-01-01'", "DATE", "DATE"],
  ["TIMESTAMP '2026-01-01 10:00:00'", "TIMESTAMP_NTZ(6)", "TIMESTAMP"],
  ["TIMESTAMPTZ '2026-01-01 10:00:00+05:30'", "TIMESTAMP_NTZ(6)", "TIMESTAMP"],
  ["'2026-01-01'::TIMESTAMP_S", "TIMESTAMP_NTZ(6)", "TIMESTAMP"],
  ["'2026-01-01'::TIMESTAMP_NS", "TIMESTAMP_NTZ(9)", "TIMESTAMP_NS"],
  ["TIME '10:00'", "VARCHAR", "VARCHAR"],
  ["[1, 2]", "VARCHAR", "VARCHAR"],
  ["{'a': 1}", "VARCHAR", "VARCHAR"],
  ["'\\xAA'::BLOB", "VARCHAR", "VARCHAR"],
  ["uuid()", "VARCHAR", "VARCHAR"],
];

it.each(cases)("%s becomes %s, written as %s", async (value, type, written) => {
  const { rows } = await writer.query(`SELECT typeof(x) FROM (SELECT ${value} AS x)`);
  const stored = storedType(String(rows[0]?.[0]));
  expect(stored.type).toBe(type);
  const item = selectItem("x", stored);
  const { rows: types } = await writer.query(
    `SELECT typeof(x) FROM (SELECT ${item} FROM (SELECT ${value} AS x))`,
  );
  expect(types[0]?.[0]).toBe(written);
});

it("keeps the instant of a time with a zone, in UTC", async () => {
  const item = selectItem("x", storedType("TIMESTAMP WITH TIME ZONE"));
  const { rows } = await writer.query(
    `SELECT x::VARCHAR FROM (SELECT ${item} FROM (SELECT TIMESTAMPTZ '2026-01-01 10:00:00+05:30' AS x))`,
  );
  expect(rows[0]?.[0]).toBe("2026-01-01 04:30:00");
});
