import path from "node:path";
import { expect, it } from "vitest";
import { compilePlan } from "@/lib/sql";
import { createExportMart } from "@/tests/fixtures/export-mart";
import { writeStampedMatrix } from "./stamped-matrix";

it("keeps the order of the plan's SQL over many row groups, and makes the same data and bytes again", async () => {
  const mart = await createExportMart();
  const { warehouse, plan, scratchDirectory } = mart;
  const sql = `SELECT i AS "SELLER_ID", i::TEXT AS "NOTE", sqrt(i) AS "INCOME", 1 AS "RENT" FROM range(300000) r(i) ORDER BY md5(i::TEXT);`;
  const write = (name: string) =>
    writeStampedMatrix({ warehouse, plan, sql, path: path.join(scratchDirectory, name) });
  const [one, two] = [await write("one.parquet"), await write("two.parquet")];
  const { rows } = await warehouse.query(
    `SELECT count(*), count(*) FILTER (position <> expected) FROM (
       SELECT file_row_number AS position, row_number() OVER (ORDER BY md5("NOTE")) - 1 AS expected
       FROM read_parquet('${one.file.path}', file_row_number = true))`,
  );
  expect(rows).toEqual([[300_000, 0]]);
  expect(two.contentHash).toBe(one.contentHash);
  expect(two.file.bytes).toBe(one.file.bytes);
  await mart.close();
});

it("has the plan's columns and the stamp, and not the numbers by which its rows are in order", async () => {
  const mart = await createExportMart();
  const { warehouse, plan, scratchDirectory } = mart;
  const compiled = compilePlan(plan, warehouse.dialect);
  const write = (sql: string, name: string) =>
    writeStampedMatrix({ warehouse, plan, sql, path: path.join(scratchDirectory, name) });
  const numbered = await write(compiled.matrixSql, "numbered.parquet");
  const asItIs = await write(`${compiled.matrixSql}\n`, "as-it-is.parquet");
  expect(numbered.file.columns.map(({ name }) => name)).toEqual([
    ...plan.columns.map(({ name }) => name),
    numbered.stampColumn,
  ]);
  expect(numbered.contentHash).toBe(asItIs.contentHash);
  const { rows } = await warehouse.query(compiled.numberedSql);
  const numbers = rows.map((row) => Number(row.at(-1)));
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  expect(numbers.length).toBe(numbered.file.rows);
  await mart.close();
});
