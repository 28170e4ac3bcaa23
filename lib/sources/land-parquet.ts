import type { SourceTable } from "@/lib/pipeline/source-table";
import type { StepReport } from "@/lib/pipeline/steps";
import { type DuckDbWriter, quoteName, quoteText } from "@/lib/warehouse";
import { setAsideIn } from "./landing";

type Quarantine = StepReport["quarantine"];

/**
 * Writes what SQL gives of a table's rows to a Parquet file, in the order in which the source tells them. Returns how many,
 * and how many of them were received more than an hour after what they tell of began.
 */
export async function landParquet(
  writer: DuckDbWriter,
  table: SourceTable,
  rowsSql: string,
  target: string,
): Promise<{ rows: number; late: number }> {
  const order = ["_sequence", "_position", ...Object.keys(table.row.shape)].map(quoteName);
  await writer.run(copy(`SELECT * FROM (${rowsSql}) ORDER BY ${order.join(", ")}`, target));
  return { rows: await rowsOf(writer, target), late: await lateIn(writer, table, target) };
}

/** Writes the rows of files of what was set aside as {@link import("@/lib/pipeline/steps").QuarantinedRow}, and counts them. */
export async function landQuarantine(
  writer: DuckDbWriter,
  files: string[],
  target: string,
): Promise<{ rows: number; quarantine: Quarantine; bySource: Map<string, number> }> {
  const order = ["source", "table", "position", "reason", "column", "found"].map(quoteName);
  await writer.run(copy(`${setAsideIn(files)} ORDER BY ${order.join(", ")}`, target));
  const counted = await writer.query(
    `SELECT "table", reason, "column", count(*), any_value(source) FROM ${quoteText(target)} GROUP BY 1, 2, 3, source ORDER BY ALL`,
  );
  const bySource = new Map<string, number>();
  const quarantine = counted.rows.map(([table, reason, column, rows, source]) => {
    bySource.set(String(source), (bySource.get(String(source)) ?? 0) + Number(rows));
    return { table: String(table), reason, column, rows: Number(rows) } as Quarantine[number];
  });
  return { rows: await rowsOf(writer, target), quarantine, bySource };
}

function copy(sql: string, target: string): string {
  return `COPY (${sql}) TO ${quoteText(target)} (FORMAT parquet, COMPRESSION zstd)`;
}

async function rowsOf(writer: DuckDbWriter, file: string): Promise<number> {
  const { rows } = await writer.query(`SELECT num_rows FROM parquet_file_metadata(${quoteText(file)})`);
  return Number(rows[0]?.[0]);
}

async function lateIn(writer: DuckDbWriter, { lateAfter }: SourceTable, file: string): Promise<number> {
  if (!lateAfter) return 0;
  const [event, received] = [lateAfter.event, lateAfter.received].map(
    (name) => `try_cast(${quoteName(name)} AS TIMESTAMPTZ)`,
  );
  const { rows } = await writer.query(
    `SELECT count(*) FROM ${quoteText(file)} WHERE ${received} > ${event} + INTERVAL 1 HOUR`,
  );
  return Number(rows[0]?.[0]);
}
