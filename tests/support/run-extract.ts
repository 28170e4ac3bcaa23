import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import type { SourceAddresses } from "@/lib/pipeline/mart";
import type { SourceTable } from "@/lib/pipeline/source-table";
import type { QuarantinedRow } from "@/lib/pipeline/steps";
import { type Cell, openDuckDbWriter, quoteText } from "@/lib/warehouse";
import { type ExtractOptions, extractInto } from "./extract-into";

type Row = Record<string, Cell>;

/** Runs the extract step on these tables and reads back what it wrote. */
export async function runExtract(
  sources: SourceTable[],
  addresses: Partial<SourceAddresses>,
  options: ExtractOptions = {},
) {
  const folder = await mkdtemp(path.join(os.tmpdir(), "extract-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { files, ...done } = await extractInto(folder, sources, addresses, options);

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
    return { ...done, tables, setAside, written: files.written };
  } finally {
    await engine.close();
  }
}
