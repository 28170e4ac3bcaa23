import { AppError } from "@/lib/errors";
import { type DuckDbWriter, quoteText } from "@/lib/warehouse";
import type { Conforming } from "./load-records";

/** What became of the records of one table. `read` + `remembered` = the sum of the others. */
export interface Account {
  table: string;
  /** Rows of the extract step's file. */
  read: number;
  /** Records that the previous stamp left for this one. */
  remembered: number;
  kept: number;
  /** By a later version, or read twice. */
  superseded: number;
  /** Deletions and the records that they ended. */
  deleted: number;
  setAside: number;
  /** Set aside by an earlier stamp, and what they refer to is still not known. */
  stillAside: number;
  /** Of END or later: remembered for the next stamp. */
  later: number;
}

/**
 * Counts what went in from the files' footers, what was kept from the written file, and the rest from their own tables.
 * @throws AppError INTERNAL where a record is not accounted for
 */
export async function accountFor(
  engine: DuckDbWriter,
  { table, records, fates }: Conforming,
  files: { landing: string; remembered: string | null },
  kept: number,
): Promise<Account> {
  const rowsOf = (file: string | null) =>
    file === null ? "0" : `(SELECT sum(num_rows) FROM parquet_file_metadata(${quoteText(file)}))`;
  const fate = (condition: string) =>
    `(SELECT count(*) FROM ${records} AS r JOIN ${fates} ON r.rowid = rid WHERE ${condition})`;
  const { rows } = await engine.query(
    `SELECT ${rowsOf(files.landing)}::BIGINT, ${rowsOf(files.remembered)}::BIGINT,
       ${fate("fate = 'superseded'")}, ${fate("fate = 'deleted'")},
       (SELECT count(*) FROM quarantine WHERE "table" = ${quoteText(table.name)}),
       ${fate("fate = 'unknown' AND _aside")}, ${fate("fate = 'later'")}`,
  );
  const [read = 0, remembered = 0, superseded = 0, deleted = 0, setAside = 0, stillAside = 0, later = 0] = (
    rows[0] ?? []
  ).map(Number);
  const account = {
    table: table.name,
    read,
    remembered,
    kept,
    superseded,
    deleted,
    setAside,
    stillAside,
    later,
  };
  const told = kept + superseded + deleted + setAside + stillAside + later;
  if (told !== read + remembered) {
    throw new AppError(
      "INTERNAL",
      `${table.name}: ${read + remembered} rows went in and ${told} are accounted for. Nothing was stored.`,
      { details: { ...account } },
    );
  }
  return account;
}
