import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { AppError } from "@/lib/errors";
import type { DuckDbWriter } from "@/lib/warehouse";
import { quoteName, quoteText } from "@/lib/warehouse";
import { cleanCsv } from "./clean-csv";

/** A file's rows as they came, in a table whose columns are `c1`, `c2` … */
export interface RawTable {
  relation: string;
  format: "csv" | "parquet";
  columns: {
    header: string;
    position: number /** The engine's type; VARCHAR for all of a CSV. */;
    storedType: string;
  }[];
  rows: number;
  refused: number;
  refusals: { line: number; reason: string }[];
}

/** Unpacked bytes of one file that are read at most. */
const maxBytes = 8 * 1024 ** 3;

/**
 * Loads one CSV or Parquet file. Every record of the file is a row of the table or counted as refused.
 * @throws AppError BAD_INPUT where the file as a whole cannot be read
 */
export async function loadRaw(
  engine: DuckDbWriter,
  file: string,
  relation: string,
  limits: { maxBytes: number } = { maxBytes },
): Promise<RawTable> {
  return /\.parquet$/i.test(file)
    ? await loadParquet(engine, file, relation, limits.maxBytes)
    : await loadCsv(engine, file, relation, limits.maxBytes);
}

async function loadCsv(
  engine: DuckDbWriter,
  file: string,
  relation: string,
  limit: number,
): Promise<RawTable> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "mart-csv-"));
  try {
    const clean = path.join(folder, "clean.csv");
    const { header, delimiter, rows, refused, refusals, multiline } = await cleanCsv(file, clean, limit);
    const columns = header.map((_, index) => `'c${index + 1}': 'VARCHAR'`).join(", ");
    const reader = `read_csv(${quoteText(clean)}, auto_detect = false, header = false, delim = ${quoteText(delimiter)},
      quote = '"', escape = '"', new_line = '\\n', nullstr = '', columns = {${columns}}, parallel = ${!multiline})`;
    const names = header.map((_, index) => `c${index + 1}`).join(", ");
    await engine.run(
      rows === 0
        ? `CREATE TEMP TABLE ${quoteName(relation)} (${header.map((_, index) => `c${index + 1} VARCHAR`).join(", ")})`
        : `CREATE TEMP TABLE ${quoteName(relation)} AS SELECT ${names} FROM ${reader}`,
    );
    await assertRows(engine, relation, rows, file);
    return {
      relation,
      format: "csv",
      columns: header.map((text, index) => ({ header: text, position: index + 1, storedType: "VARCHAR" })),
      rows,
      refused,
      refusals,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function loadParquet(
  engine: DuckDbWriter,
  file: string,
  relation: string,
  limit: number,
): Promise<RawTable> {
  const name = path.basename(file);
  try {
    const described = await engine.query(`DESCRIBE SELECT * FROM read_parquet(${quoteText(file)})`);
    const columns = described.rows.map((row, index) => ({
      header: String(row[0]),
      position: index + 1,
      storedType: String(row[1]),
    }));
    const counted = await engine.query(`SELECT num_rows FROM parquet_file_metadata(${quoteText(file)})`);
    const rows = Number(counted.rows[0]?.[0] ?? 0);
    // A file of a few bytes may say one value a billion times.
    if (rows * columns.length > limit) {
      throw new AppError("BAD_INPUT", `${name}: ${rows} rows of ${columns.length} columns are too many.`);
    }
    const aliases = columns.map(({ position }) => `c${position}`).join(", ");
    await engine.run(
      `CREATE TEMP TABLE ${quoteName(relation)} AS SELECT * FROM read_parquet(${quoteText(file)}) AS file(${aliases})`,
    );
    await assertRows(engine, relation, rows, file);
    return { relation, format: "parquet", columns, rows, refused: 0, refusals: [] };
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === "BAD_INPUT") throw thrown;
    throw new AppError("BAD_INPUT", `${name}: it could not be read as a Parquet file.`, {
      details: { file: name },
      cause: thrown,
    });
  }
}

/** Two readers counted the rows on their own; they must agree before anything is said about the file. */
async function assertRows(
  engine: DuckDbWriter,
  relation: string,
  expected: number,
  file: string,
): Promise<void> {
  const { rows } = await engine.query(`SELECT count(*) FROM ${quoteName(relation)}`);
  if (rows[0]?.[0] === expected) return;
  throw new AppError(
    "BAD_INPUT",
    `${path.basename(file)}: ${expected} rows stand in the file, but ${rows[0]?.[0]} could be read. Write the file again with every value that holds a quote or a line ending in quotes.`,
  );
}
