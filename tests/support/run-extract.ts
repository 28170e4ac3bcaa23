import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { folderStore } from "@/lib/objects";
import type { PipelineMart, SourceAddresses } from "@/lib/pipeline/mart";
import type { SourceTable } from "@/lib/pipeline/source-table";
import { stepFiles } from "@/lib/pipeline/step-context";
import type { QuarantinedRow, StepParameters } from "@/lib/pipeline/steps";
import { createExtract } from "@/lib/pipeline/steps/extract";
import { type Cell, openDuckDbWriter, quoteText } from "@/lib/warehouse";

type Row = Record<string, Cell>;

/** Runs the extract step on these tables and reads back what it wrote. */
export async function runExtract(
  sources: SourceTable[],
  addresses: Partial<SourceAddresses>,
  options: { start?: string; end?: string; cacheDirectory?: string; signal?: AbortSignal } = {},
) {
  const folder = await mkdtemp(path.join(os.tmpdir(), "extract-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { start = "1970-01-01T00:00:00Z", end = "2026-11-01T00:00:00Z", signal } = options;
  const parameters: StepParameters = { mart: "small", stamp: "v2026.11", start, end, previous: null };
  const files = stepFiles(folderStore(path.join(folder, "objects")), parameters, "extract", folder);
  const extract = createExtract(
    { platform: "", crm: "", clickstream: "", maps: "", census: "", ...addresses },
    { cacheDirectory: options.cacheDirectory ?? path.join(folder, "cache") },
  );
  const lines: string[] = [];
  const context = {
    parameters,
    files,
    scratch: folder,
    log: (text: string) => lines.push(text),
    progress: () => {},
    signal: signal ?? new AbortController().signal,
  };
  const report = await extract(context, { name: "small", sources } as PipelineMart);

  const engine = await openDuckDbWriter(path.join(folder, "read-back.duckdb"));
  const read = async (file: string): Promise<Row[]> => {
    const { columns, rows } = await engine.query(`FROM ${quoteText(await files.read("extract", file))}`);
    return rows.map((row) =>
      Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])),
    );
  };
  try {
    const tables: Record<string, Row[]> = {};
    for (const { source, name } of sources) tables[name] = await read(`${source}.${name}.parquet`);
    const setAside = (await read("quarantine.parquet")) as unknown as QuarantinedRow[];
    return { ...report, tables, setAside, lines, written: files.written };
  } finally {
    await engine.close();
  }
}
