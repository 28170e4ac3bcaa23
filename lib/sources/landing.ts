import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import { sourceColumns } from "@/lib/conform/columns";
import type { SourceTable } from "@/lib/pipeline/source-table";
import type { QuarantinedRow } from "@/lib/pipeline/steps";
import { quoteName, quoteText } from "@/lib/warehouse";
import { excerptOf, type JsonRow } from "./json";

/** A row of a source table as it was found. */
export interface FoundRow {
  row: JsonRow;
  position: string;
  /** The order in which the source tells changes. */
  sequence: number;
  operation: "upsert" | "delete";
}

/** Where readers put what they found: files that the engine reads, one line a row, so that no table is ever held in memory. */
export interface Landing {
  /** Lands the row; or sets it aside, where no engine could hold it; or leaves it, where it came to be from END on. */
  add(table: SourceTable, found: FoundRow): void;
  /** Lands a line that {@link lineOf} gave. */
  put(table: SourceTable, line: string): void;
  setAside(row: QuarantinedRow): void;
  /** Writes out what was added; to be awaited after each page. */
  drain(): Promise<void>;
  close(): Promise<void>;
  fileOf(table: SourceTable): string;
  /** How many rows were left, because they came to be from END on. */
  left(): number;
  /** Files of what was set aside, all of the same form; a reader may add some. */
  setAsideFiles: string[];
}

const largestCell = 1024 * 1024;
const longestLine = 12 * 1024 * 1024;

/** A landing in an empty folder, for these tables. With an END (ISO 8601), rows are left that came to be from then on. */
export async function openLanding(folder: string, tables: SourceTable[], end?: string): Promise<Landing> {
  const files = new Map<string, { handle: FileHandle; lines: string[] }>();
  const nameOf = (table: SourceTable) => path.join(folder, `${table.source}.${table.name}.ndjson`);
  const quarantineFile = path.join(folder, "set-aside.ndjson");
  for (const name of [...tables.map(nameOf), quarantineFile]) {
    files.set(name, { handle: await open(name, "wx"), lines: [] });
  }
  const isLeft = end ? from(end) : () => false;
  let left = 0;
  const isPersonal = personalAmong(tables);

  const landing: Landing = {
    setAsideFiles: [quarantineFile],
    fileOf: nameOf,
    setAside: (row) => {
      const told = isPersonal(row) ? { ...row, found: null } : row;
      files.get(quarantineFile)?.lines.push(`${JSON.stringify(told)}\n`);
    },
    left: () => left,
    add: (table, found) => {
      const line = isLeft(table, found.row) ? null : lineOf(table, found);
      if (line === null) left += 1;
      else if (typeof line === "string") landing.put(table, line);
      else landing.setAside(line);
    },
    put: (table, line) => files.get(nameOf(table))?.lines.push(line),
    drain: async () => {
      for (const file of files.values()) {
        if (file.lines.length === 0) continue;
        const text = file.lines.join("");
        file.lines = [];
        await file.handle.writeFile(text);
      }
    },
    close: async () => {
      for (const { handle } of files.values()) await handle.close();
    },
  };
  return landing;
}

/**
 * Whether what was found may be personal. Of a whole record, and of a column that is not declared, it is where the table has
 * any personal column; and where the table is none of these, since the record could not be read, where any of them has.
 */
function personalAmong(tables: SourceTable[]): (place: Pick<QuarantinedRow, "table" | "column">) => boolean {
  const columns = new Map(tables.map((table) => [table.name, sourceColumns(table)]));
  const all = [...columns.values()].flat();
  return ({ table, column }) => {
    const among = columns.get(table) ?? all;
    const declared = among.find(({ name }) => name === column);
    return declared ? declared.personal : among.some(({ personal }) => personal);
  };
}

/** The line of a landing's file for a row, or why no engine could hold it. */
export function lineOf(
  table: SourceTable,
  { row, position, sequence, operation }: FoundRow,
): string | QuarantinedRow {
  const line = `${JSON.stringify({ p: position, s: sequence, o: operation, r: row })}\n`;
  const wrong = line.length > largestCell / 3 || line.includes("\\ud") ? wrongCell(row, line) : null;
  if (wrong === null) return line;
  return { source: table.source, table: table.name, ...wrong, key: keyOf(row, table.key), position };
}

/** SQL for the rows of a landing's file: the declared columns as text, then `_position`, `_sequence` and `_operation`. */
export function rowsIn(file: string, table: SourceTable): string {
  const columns = Object.keys(table.row.shape).map((name) => `${quoteName(name)} VARCHAR`);
  const types = `{p: 'VARCHAR', s: 'BIGINT', o: 'VARCHAR', r: ${quoteText(`STRUCT(${columns.join(", ")})`)}}`;
  return `SELECT unnest(r), p AS _position, s AS _sequence, o AS _operation
    FROM read_json(${quoteText(file)}, columns = ${types}, format = 'newline_delimited')`;
}

/** SQL for the rows of files of what was set aside: {@link setAsideColumns}, all text. */
export function setAsideIn(files: string[]): string {
  const types = setAsideColumns.map((name) => `${quoteName(name)}: 'VARCHAR'`).join(", ");
  return `SELECT ${setAsideColumns.map(quoteName).join(", ")}
    FROM read_json([${files.map(quoteText).join(", ")}], columns = {${types}}, format = 'newline_delimited')`;
}

/** The fields of a {@link QuarantinedRow}, in order. */
export const setAsideColumns = ["source", "table", "reason", "column", "found", "key", "position"];

/** The key's values where each can be read, with `|` between them. */
export function keyOf(row: JsonRow, key: string[]): string | null {
  const values = key.map((name) => row[name]);
  const isReadable = values.every((value) => typeof value === "string" || typeof value === "number");
  return isReadable ? excerptOf(values.join("|")) : null;
}

/** Text that begins as a moment does, cut to the second: such texts are in the order of time. */
const beginsAsMoment = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])/;

/** What is not said of a moment. */
const midnight = "0000-00-00T00:00:00";

/** Whether a row came to be from a moment on. Where its time cannot be told it did not. */
function from(moment: string): (table: SourceTable, row: JsonRow) => boolean {
  const end = new Date(moment).toISOString().slice(0, 19);
  return ({ createdAt }, row) => {
    const value = createdAt && row[createdAt];
    if (typeof value !== "string" || !beginsAsMoment.test(value)) return false;
    const text = value.slice(0, 19).replace(" ", "T");
    return text + midnight.slice(text.length) >= end;
  };
}

function wrongCell(row: JsonRow, line: string): Pick<QuarantinedRow, "reason" | "column" | "found"> | null {
  for (const [name, value] of Object.entries(row)) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const column = excerptOf(name);
    if (Buffer.byteLength(text) > largestCell) {
      return { reason: "cell_too_large", column, found: excerptOf(text) };
    }
    // Half of a surrogate pair: no encoding has it, and no engine takes it.
    if (/\p{Surrogate}/u.test(name + text) || (typeof value !== "string" && /\\ud[89a-f]/.test(text))) {
      return { reason: "broken_encoding", column, found: excerptOf(text) };
    }
  }
  return line.length > longestLine ? { reason: "cell_too_large", column: null, found: null } : null;
}
