import path from "node:path";
import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import type { StepContext } from "@/lib/pipeline/step-context";
import { type Cell, type DuckDbWriter, openDuckDbWriter, quoteText } from "@/lib/warehouse";

/** Reads conformed tables and writes augmented ones, by way of an engine's file in the step's scratch folder. */
export interface Tables {
  /** Columns of a conformed table: those rows, so grouped and in that order, as `rest` says in SQL. */
  read(table: string, columns: string[], rest: string): Promise<Cell[][]>;
  /**
   * Writes `<name>.parquet` with these columns (`name TYPE, …`); rows are given in their final order.
   * @throws AppError QUERY_CANCELLED where the step is to stop
   */
  write(name: string, columns: string, rows: Iterable<readonly Cell[]>): Promise<number>;
  close(): Promise<void>;
}

export async function openTables({ files, scratch, signal }: StepContext): Promise<Tables> {
  const writer: DuckDbWriter = await openDuckDbWriter(path.join(scratch, "augment.duckdb"), config().engine);
  return {
    read: async (table, columns, rest) => {
      const file = await files.read("conform", `${table}.parquet`);
      const { rows } = await writer.query(
        `select ${columns.join(", ")} from read_parquet(${quoteText(file)}) ${rest}`,
      );
      return rows;
    },
    write: async (name, columns, rows) => {
      await writer.run(`create table ${name} (${columns})`);
      const count = await writer.appendRows(name, until(signal, rows));
      const file = path.join(scratch, `${name}.parquet`);
      await writer.run(`copy (from ${name}) to ${quoteText(file)} (format parquet, compression zstd)`);
      await writer.run(`drop table ${name}`);
      await files.write(`${name}.parquet`, file, count);
      return count;
    },
    close: () => writer.close(),
  };
}

function* until<T>(signal: AbortSignal, rows: Iterable<T>): Generator<T> {
  for (const row of rows) {
    if (signal.aborted) throw new AppError("QUERY_CANCELLED");
    yield row;
  }
}

/** A number with so many digits behind the point: the last bits of trigonometry differ between machines. */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
