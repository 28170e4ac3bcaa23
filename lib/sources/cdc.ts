import { AppError } from "@/lib/errors";
import { httpSource } from "./http";
import { isObject, type JsonRow, linesOf, readObject } from "./json";
import type { Reader } from "./reading";
import { settingOf } from "./setting";

const changesPerPage = 5000;
const mostUnnumbered = 1000;

/**
 * Reads a change feed, `GET /changes?after=&limit=&from=&to=`: lines of JSON
 * `{sequence, table, operation: insert | update | delete, key, row, changed_at}` in the order of their sequence numbers, which
 * may have gaps. Every change lands as it came; which one stands is for conform to say.
 * @throws AppError SOURCE_UNAVAILABLE, SOURCE_CHANGED
 */
export const readChanges: Reader = async (reading) => {
  const { source, address, tables, start, end, landing, log } = reading;
  const feed = httpSource(source, address, reading);
  const byName = new Map(tables.map((table) => [table.name, table]));
  const result = { seen: 0, others: 0 };

  /** Lands a change, or sets it aside. Returns its number, where it tells one; else it is taken for the `next`. */
  function take(line: Buffer, next: number): number | null {
    const read = readObject(line);
    const sequence = "row" in read ? sequenceOf(read.row) : sequenceIn(line, next);
    const position = `change ${sequence ?? next}`;
    const change = "row" in read ? changeOf(read.row) : null;
    const table = change && byName.get(change.table);
    if (change && !table) {
      result.others += 1;
      return sequence;
    }
    result.seen += 1;
    if (change && table && sequence !== null) {
      const { row, operation } = change;
      landing.add(table, { row, operation, sequence, position });
    } else {
      const unreadable = "reason" in read ? read : { reason: "broken_record" as const, found: null };
      landing.setAside({ source, table: "changes", column: null, key: null, position, ...unreadable });
    }
    return sequence;
  }

  // The last number that was told, and how many changes came after it that tell none: these are asked for once more.
  let after = 0;
  let unnumbered = 0;
  for (let stuckAt: Buffer = Buffer.alloc(0); ; ) {
    const asked = { after, unnumbered };
    const limit = changesPerPage + unnumbered;
    const body = await feed.get("/changes", { after, limit, from: start, to: end });
    // A page may be shorter than was asked for: the last one is empty, or the end of what brought nothing new.
    if (stuckAt.subarray(stuckAt.length - body.length).equals(body)) {
      if (body.length > 0) log(`${source}: the last changes cannot be read and tell no number`);
      return result;
    }
    let lines = 0;
    for (const line of linesOf(body)) {
      lines += 1;
      if (lines <= asked.unnumbered) continue;
      const sequence = take(line, after + unnumbered + 1);
      unnumbered = sequence === null ? unnumbered + 1 : 0;
      after = sequence ?? after;
    }
    await landing.drain();
    if (unnumbered > mostUnnumbered) {
      throw changed(source, `${unnumbered} changes in a row without a sequence number`);
    }
    const isNew = lines > asked.unnumbered;
    if (isNew && after <= asked.after && unnumbered <= asked.unnumbered) {
      throw changed(source, `changes up to ${after} where it was asked for those after ${asked.after}`);
    }
    stuckAt = isNew ? Buffer.alloc(0) : body;
    if (!isNew) {
      // Nothing else fits on a page, or nothing else is there. Where numbers have no gaps, this is where the next begin.
      after += unnumbered;
      unnumbered = 0;
    }
  }
};

function changed(source: string, given: string): AppError {
  return new AppError(
    "SOURCE_CHANGED",
    `The source ${source} gave ${given}. See that ${settingOf(source)} is the address of a change feed.`,
    { details: { source } },
  );
}

function sequenceOf(change: JsonRow): number | null {
  return Number.isSafeInteger(change.sequence) ? (change.sequence as number) : null;
}

/** The number at the beginning of a line that cannot be read, where it can be right. */
function sequenceIn(line: Buffer, least: number): number | null {
  const [, digits] = line.toString("latin1", 0, 100).match(/^\s*\{\s*"sequence"\s*:\s*(\d+)\s*[,}]/) ?? [];
  const sequence = Number(digits);
  return Number.isSafeInteger(sequence) && sequence >= least ? sequence : null;
}

function changeOf({ table, operation, key, row }: JsonRow) {
  if (typeof table !== "string") return null;
  const keys = isObject(key) ? key : {};
  if (operation === "delete") {
    const known = isObject(row) ? row : {};
    return { table, operation: "delete" as const, row: { ...known, ...keys } };
  }
  if ((operation !== "insert" && operation !== "update") || !isObject(row)) return null;
  return { table, operation: "upsert" as const, row: { ...keys, ...row } };
}
