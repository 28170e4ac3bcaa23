import path from "node:path";
import { expect, it } from "vitest";
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
