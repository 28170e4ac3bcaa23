import { rm } from "node:fs/promises";
import { config } from "@/lib/config";
import type { SourceTable } from "@/lib/pipeline/source-table";
import { type DuckDbWriter, openDuckDbWriter, quoteName, quoteText } from "@/lib/warehouse";
import { type Landing, rowsIn, setAsideColumns, setAsideIn } from "./landing";

/** How far each partition has been read: its name, the offset after the last record, and how many records that were. */
export interface PartitionProgress {
  partition: string;
  next: number;
  records: number;
  /** Those of kinds that the mart does not read. */
  others: number;
}

/**
 * The records of a log in a DuckDB file of their own, which outlives the run. What was read and how far are written in one
 * transaction, so that after a crash at any moment reading goes on with the first record that is not there.
 */
export interface LogStaging {
  /** By partition; a record below is there already. */
  nextOffsets: ReadonlyMap<string, number>;
  commit(landing: Landing, progress: PartitionProgress[]): Promise<void>;
  /** SQL over what is staged of the partitions from (inclusive) to (exclusive), for {@link LogStaging.writer}. */
  rows(table: SourceTable, from: string, to: string): string;
  setAside(from: string, to: string): string;
  counts(from: string, to: string): Promise<{ records: number; others: number }>;
  writer: DuckDbWriter;
}

/** Opens or creates the file; where it is damaged it is begun anew, since the log still has everything. Close its writer. */
export async function openLogStaging(
  file: string,
  tables: SourceTable[],
  log: (text: string) => void,
): Promise<LogStaging> {
  const writer = await openDuckDbWriter(file, config().engine).catch(async () => {
    log("the staged records could not be opened and are read again");
    for (const name of [file, `${file}.wal`]) await rm(name, { force: true });
    return openDuckDbWriter(file, config().engine);
  });
  // Rows are sorted when they land; and each checkpoint would write half-filled blocks again.
  await writer.run("SET preserve_insertion_order = false");
  await writer.run("SET checkpoint_threshold = '512MB'");
  for (const table of tables) {
    const columns = Object.keys(table.row.shape).map((name) => `${quoteName(name)} VARCHAR`);
    await writer.run(
      `CREATE TABLE IF NOT EXISTS ${quoteName(table.name)} (${columns.join(", ")},
        _position VARCHAR, _sequence BIGINT, _operation VARCHAR)`,
    );
  }
  const setAsideTypes = setAsideColumns.map((name) => `${quoteName(name)} VARCHAR`).join(", ");
  await writer.run(`CREATE TABLE IF NOT EXISTS _set_aside (${setAsideTypes})`);
  await writer.run(
    "CREATE TABLE IF NOT EXISTS _commits (partition VARCHAR, next BIGINT, records BIGINT, others BIGINT)",
  );
  const known = await writer.query("SELECT partition, max(next) FROM _commits GROUP BY 1");
  const nextOffsets = new Map(known.rows.map(([partition, next]) => [String(partition), Number(next)]));
  const between = (column: string, from: string, to: string) =>
    `${column} >= ${quoteText(from)} AND ${column} < ${quoteText(to)}`;

  return {
    nextOffsets,
    writer,
    commit: async (landing, progress) => {
      await writer.run("BEGIN");
      try {
        for (const table of tables) {
          await writer.run(`INSERT INTO ${quoteName(table.name)} ${rowsIn(landing.fileOf(table), table)}`);
        }
        await writer.run(`INSERT INTO _set_aside ${setAsideIn(landing.setAsideFiles)}`);
        await writer.appendRows(
          "_commits",
          progress.map(({ partition, next, records, others }) => [partition, next, records, others]),
        );
        await writer.run("COMMIT");
      } catch (thrown) {
        await writer.run("ROLLBACK").catch(() => {});
        throw thrown;
      }
    },
    rows: (table, from, to) =>
      `SELECT * FROM ${quoteName(table.name)} WHERE ${between("_position", from, to)}`,
    setAside: (from, to) => `SELECT * FROM _set_aside WHERE ${between("position", from, to)}`,
    counts: async (from, to) => {
      const sql = `SELECT coalesce(sum(records), 0)::BIGINT, coalesce(sum(others), 0)::BIGINT
        FROM _commits WHERE ${between("partition", from, to)}`;
      const [row] = (await writer.query(sql)).rows;
      return { records: Number(row?.[0]), others: Number(row?.[1]) };
    },
  };
}
