import { AppError } from "@/lib/errors";
import type { SourceTable } from "@/lib/pipeline/source-table";
import type { QuarantinedRow } from "@/lib/pipeline/steps";
import type { HttpSource } from "./http";
import { excerptOf, isObject, type JsonRow, linesOf, parseJson, readObject, type Unreadable } from "./json";
import { lineOf } from "./landing";
import type { Reading } from "./reading";
import { settingOf } from "./setting";

export interface LogPosition {
  /** The hour of arrival: `2026-10-31T13`. */
  partition: string;
  offset: number;
}

/** A record at its place: a row of its table or set aside; its line is null where the mart reads no such kind. */
export interface LogRecord extends LogPosition {
  table: SourceTable | null;
  line: string | QuarantinedRow | null;
}

export interface Partition {
  partition: string;
  next_offset: number;
}

/** `{log, partitions: [{partition, next_offset}]}`: the log's own name, where it has one, and how far its partitions go. */
export async function listPartitions(source: string, api: HttpSource, from: string, to: string) {
  const body = await api.get("/partitions", { from, to });
  let answer: unknown;
  try {
    answer = parseJson(body.toString("utf8"));
  } catch {
    // Said below.
  }
  if (!isObject(answer) || !Array.isArray(answer.partitions) || !answer.partitions.every(isPartition)) {
    throw changed(
      source,
      'answered /partitions with something else than {"partitions": [{"partition": "2026-10-31T13", "next_offset": 42}, …]}',
    );
  }
  const partitions = answer.partitions
    .filter(({ partition }) => partition >= from && partition < to)
    .sort((a, b) => (a.partition < b.partition ? -1 : 1));
  return { log: typeof answer.log === "string" ? answer.log : null, partitions };
}

const hour = /^\d{4}-\d\d-\d\dT\d\d$/;

function isPartition(value: unknown): value is Partition {
  return isObject(value) && hour.test(String(value.partition)) && Number.isSafeInteger(value.next_offset);
}

/** How far reading has come in partitions that go so far, some of which were read before. */
export interface Progress {
  /** The first record that was not read; null when none is left. */
  position(): LogPosition | null;
  isRead(at: LogPosition): boolean;
  take(at: LogPosition): void;
  /** The place after a record. */
  after(at: LogPosition): LogPosition;
}

export function progressThrough(partitions: Partition[], read: ReadonlyMap<string, number>): Progress {
  const next = new Map(read);
  const places = new Map(partitions.map(({ partition }, index) => [partition, index]));
  const nextOf = (partition: string) => next.get(partition) ?? 0;
  let first = 0;
  return {
    position: () => {
      for (; first < partitions.length; first++) {
        const { partition, next_offset } = partitions[first] as Partition;
        if (nextOf(partition) < next_offset) return { partition, offset: nextOf(partition) };
      }
      return null;
    },
    isRead: ({ partition, offset }) => offset < nextOf(partition),
    take: ({ partition, offset }) => next.set(partition, offset + 1),
    after: ({ partition, offset }) => {
      const place = places.get(partition) ?? -1;
      const following = partitions[place + 1];
      const isLast = offset + 1 >= (partitions[place]?.next_offset ?? 0);
      return isLast && following
        ? { partition: following.partition, offset: 0 }
        : { partition, offset: offset + 1 };
    },
  };
}

const windowMs = 5 * 60_000;

/**
 * The records of an answer that were not read before, marked as read. Of a full answer the last window of five minutes of
 * arrival is left for the next one, so that a window is never cut in two unless it fills an answer alone.
 * @throws AppError SOURCE_CHANGED where there is none, though the log said so
 */
export function readRecords(
  { source, tables }: Pick<Reading, "source" | "tables">,
  body: Buffer,
  progress: Progress,
  limit: number,
): LogRecord[] {
  const byKind = new Map(tables.map((table) => [table.name.replace(/s$/, ""), table]));
  const records: { record: LogRecord; window: number }[] = [];
  let place = progress.position() as LogPosition;
  let window = 0;
  let lines = 0;
  for (const line of linesOf(body)) {
    lines += 1;
    const read = readPlaced(line);
    // A broken record still has its place, after the one before it.
    const at = "at" in read ? read.at : place;
    if (isBefore(at, place) && lines > 1) {
      throw changed(source, "gives records that are not in the order of their offsets");
    }
    place = progress.after(at);
    if (progress.isRead(at)) continue;
    const table = "at" in read ? (byKind.get(String(read.row.kind)) ?? null) : null;
    if ("at" in read) window = windowOf(read.row, at.partition, table) ?? window;
    records.push({ record: { ...at, ...landable(source, at, read, table) }, window });
  }
  if (records.length === 0) {
    throw changed(
      source,
      `says that ${place.partition} goes beyond offset ${place.offset}, but gives no record there`,
    );
  }
  const lastWhole = records.findLastIndex((record) => record.window !== window);
  const isCut = lines >= limit && lastWhole >= 0;
  const kept = (isCut ? records.slice(0, lastWhole + 1) : records).map(({ record }) => record);
  for (const record of kept) progress.take(record);
  return kept;
}

/** The row of a line and its place, where it can be read and tells one. */
function readPlaced(line: Buffer): { at: LogPosition; row: JsonRow } | Unreadable {
  const read = readObject(line);
  if ("reason" in read) return read;
  const at = positionOf(read.row);
  return at ? { at, row: read.row } : { reason: "broken_record", found: excerptOf(line) };
}

function landable(
  source: string,
  at: LogPosition,
  read: ReturnType<typeof readPlaced>,
  table: SourceTable | null,
): Pick<LogRecord, "table" | "line"> {
  const position = `${at.partition}/${at.offset}`;
  if ("reason" in read) {
    return { table, line: { source, table: "records", column: null, key: null, position, ...read } };
  }
  if (table === null) return { table, line: null };
  // Partitions are hours: in the order of both, and exact in a double.
  const sequence = (Date.parse(`${at.partition}:00:00Z`) / 3_600_000) * 1e9 + at.offset;
  return { table, line: lineOf(table, { row: read.row, position, sequence, operation: "upsert" }) };
}

function positionOf({ partition, offset }: JsonRow): LogPosition | null {
  const isPosition = typeof partition === "string" && hour.test(partition) && Number.isSafeInteger(offset);
  return isPosition && (offset as number) >= 0 ? { partition, offset: offset as number } : null;
}

function isBefore(a: LogPosition, b: LogPosition): boolean {
  return a.partition < b.partition || (a.partition === b.partition && a.offset < b.offset);
}

/** The window of arrival that a record tells; null where it tells none in the hour of its partition. */
function windowOf(row: JsonRow, partition: string, table: SourceTable | null): number | null {
  const received = row[table?.lateAfter?.received ?? table?.createdAt ?? ""];
  if (typeof received !== "string" || !received.startsWith(partition)) return null;
  const moment = Date.parse(received);
  return Number.isNaN(moment) ? null : Math.floor(moment / windowMs);
}

function changed(source: string, problem: string): AppError {
  return new AppError(
    "SOURCE_CHANGED",
    `The source ${source} ${problem}. See that ${settingOf(source)} is the address of such a log.`,
    {
      details: { source },
    },
  );
}
