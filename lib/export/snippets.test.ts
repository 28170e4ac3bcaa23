import { execFile, spawnSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderStore } from "@/lib/objects";
import { openDuckDbWriter } from "@/lib/warehouse";
import { createExportMart, type ExportMart } from "@/tests/fixtures/export-mart";
import { type PublishedExport, publishExport } from "./index";

const judge = process.env.JUDGE_PYTHON ?? "python3";
const python = (...names: string[]) => spawnSync(judge, ["-c", `import ${names.join(", ")}`]).status === 0;

/** With every character that a language or a pattern could take for its own. */
const awkward = `we[i]rd *?' "é`;

let mart: ExportMart;
let published: PublishedExport;

beforeAll(async () => {
  mart = await createExportMart();
  await mkdir(path.join(mart.folder, awkward));
  const store = folderStore(path.join(mart.folder, awkward));
  published = await publishExport({ ...mart, store, approvalId: "approval-1", approvedBy: "viewer-1" });
});
afterAll(() => mart.close());

const codeOf = (tool: string) => published.snippets.find((snippet) => snippet.tool === tool)?.code ?? "";

it("reads the matrix in DuckDB", async () => {
  const reader = await openDuckDbWriter(path.join(mart.folder, "reader.duckdb"));
  const { columns, rows } = await reader.query(codeOf("duckdb"));
  await reader.close();
  expect([columns.length, rows.length]).toEqual([5, 50]);
});

describe.each([
  ["pandas", ["pandas", "pyarrow"]],
  ["polars", ["polars"]],
])("in %s", (tool, modules) => {
  it.skipIf(!python(...modules))(
    `reads the matrix (skipped where Python lacks ${modules.join(" or ")})`,
    async () => {
      const code = `${codeOf(tool)}\nprint(matrix.shape, matrix["STAMP"].unique().tolist() if hasattr(matrix, "iloc") else matrix["STAMP"].unique().to_list())`;
      const { stdout } = await promisify(execFile)(judge, ["-c", code]);
      expect(stdout.trim()).toBe("(50, 5) ['v2026.11']");
    },
  );
});

it.skipIf(!python("pyarrow"))("has metadata that pyarrow reads (skipped where Python lacks it)", async () => {
  const location = JSON.stringify(path.join(mart.folder, awkward, published.files[0]?.key ?? ""));
  const code = `import pyarrow.parquet as pq, json; print(json.dumps({k.decode(): v.decode() for k, v in pq.ParquetFile(${location}).metadata.metadata.items()}))`;
  const { stdout } = await promisify(execFile)(judge, ["-c", code]);
  expect(JSON.parse(stdout)).toMatchObject({
    mart: "export-mart",
    stamp: "v2026.11",
    plan_hash: published.manifest.planHash,
  });
});
