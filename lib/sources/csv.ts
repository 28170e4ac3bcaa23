import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type CsvRecord, CsvRecordSplitter, csvProblems, fieldsOf } from "@/lib/csv";
import { AppError } from "@/lib/errors";
import type { SourceTable } from "@/lib/pipeline/source-table";
import type { QuarantineReason } from "@/lib/pipeline/steps";
import { httpSource } from "./http";
import { excerptOf } from "./json";
import type { Reader, Reading } from "./reading";
import { settingOf } from "./setting";

const longestRecord = 16 * 1024 * 1024;
const chunkBytes = 1024 * 1024;
const reasons = new Map<string, QuarantineReason>([
  [csvProblems.notUtf8, "broken_encoding"],
  [csvProblems.tooLong, "cell_too_large"],
]);

/**
 * Reads `<table>.csv` from a folder, a `file:` or an HTTP address: UTF-8, commas, a header. Files are read whole
 * whatever START is, since they do not tell what was changed; rows from END on are left. An empty field is a missing value.
 * @throws AppError SOURCE_CHANGED where the header lacks a declared column; SOURCE_UNAVAILABLE
 */
export const readCsv: Reader = async (reading) => {
  let seen = 0;
  for (const table of reading.tables) seen += await readTable(reading, table);
  return { seen, others: 0 };
};

async function readTable(reading: Reading, table: SourceTable): Promise<number> {
  const { source, landing, signal, log } = reading;
  const file = `${table.name}.csv`;
  const splitter = new CsvRecordSplitter(",", longestRecord, "pass");
  let header: string[] | null = null;
  let seen = 0;

  function take(record: CsvRecord): void {
    if (header === null) {
      header = headerOf(record, file, table, log);
      return;
    }
    seen += 1;
    const position = `${file}:${record.line}`;
    if (record.problem !== null) {
      const reason = reasons.get(record.problem) ?? "broken_record";
      const found = excerptOf(record.bytes);
      landing.setAside({ source, table: table.name, reason, column: null, found, key: null, position });
      return;
    }
    const fields = fieldsOf(record.bytes.toString("utf8"), ",");
    const row = Object.fromEntries(header.map((name, index) => [name, fields[index] || null]));
    landing.add(table, { row, position, sequence: record.line, operation: "upsert" });
  }

  let isFirst = true;
  for await (const chunk of open(reading, file)) {
    signal.throwIfAborted();
    const hasMark = isFirst && chunk.subarray(0, 3).toString("hex") === "efbbbf";
    isFirst = false;
    for (const record of splitter.push(hasMark ? chunk.subarray(3) : chunk)) take(record);
    await landing.drain();
  }
  for (const record of splitter.end()) take(record);
  await landing.drain();
  if (header === null) throw changed(source, file, "is empty; it needs a header line");
  return seen;
}

async function* open(reading: Reading, file: string): AsyncGenerator<Buffer> {
  const { source, address, scratch } = reading;
  if (/^https?:/.test(address)) {
    // Nothing of it is read before all of it has come, since what breaks off is asked for from the start.
    const local = path.join(scratch, file);
    await httpSource(source, address, reading).download(`/${file}`, local);
    yield* createReadStream(local, { highWaterMark: chunkBytes });
    await rm(local);
    return;
  }
  const folder = address.startsWith("file:") ? fileURLToPath(address) : address;
  try {
    yield* createReadStream(path.join(folder, file), { highWaterMark: chunkBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === undefined) throw cause;
    throw new AppError(
      "SOURCE_UNAVAILABLE",
      `The file ${file} of the source ${source} could not be read. See that it is in the folder that ${settingOf(source)} names.`,
      { details: { source, file }, cause },
    );
  }
}

function headerOf(record: CsvRecord, file: string, table: SourceTable, log: Reading["log"]): string[] {
  if (record.problem !== null) {
    throw changed(
      table.source,
      file,
      `has a header line with ${record.problem}. Save it as UTF-8 with commas`,
    );
  }
  const header = fieldsOf(record.bytes.toString("utf8"), ",").map((name) => name.trim());
  const declared = Object.keys(table.row.shape);
  const missing = declared.filter((name) => !header.includes(name));
  if (missing.length > 0) {
    throw changed(
      table.source,
      file,
      `lacks the column${missing.length > 1 ? "s" : ""} ${missing.join(", ")}; it has ${excerptOf(header.join(", "))}`,
    );
  }
  const unknown = header.filter((name) => !declared.includes(name));
  if (unknown.length > 0) {
    log(`${file}: not read, since the mart declares no such columns: ${excerptOf(unknown.join(", "))}`);
  }
  return header;
}

function changed(source: string, file: string, problem: string): AppError {
  return new AppError("SOURCE_CHANGED", `${file} of the source ${source} ${problem}.`, {
    details: { source, file },
  });
}
