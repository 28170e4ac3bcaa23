import { AppError } from "@/lib/errors";
import { httpSource } from "./http";
import { isObject, type JsonRow, linesOf, readObject } from "./json";
import type { Reader } from "./reading";
import { settingOf } from "./setting";

const changesPerPage = 5000;

/**
 * Reads a change feed, `GET /changes?after=&limit=&from=&to=`: lines of JSON
 * `{sequence, table, operation: insert | update | delete, key, row, changed_at}` in the order of their sequence numbers.
 * Every change lands as it came; which one stands is for conform to say.
 * @throws AppError SOURCE_UNAVAILABLE
 */
export const readChanges: Reader = async ({ source, address, tables, start, end, landing, signal, log }) => {
  const feed = httpSource(source, address, { signal, log });
  const byName = new Map(tables.map((table) => [table.name, table]));
  const result = { seen: 0, others: 0 };
  let after = 0;
  let unnumbered = 0;
  for (let isDone = false; !isDone; ) {
    const { body } = await feed.get("/changes", { after, limit: changesPerPage, from: start, to: end });
    let lines = 0;
    let isNumbered = false;
    for (const line of linesOf(body)) {
      lines += 1;
      const read = readObject(line);
      // A broken line still took its number.
      const sequence = "row" in read ? sequenceOf(read.row) : null;
      const position = `change ${sequence ?? after + 1}`;
      after = sequence ?? after + 1;
      isNumbered ||= sequence !== null;
      const change = "row" in read ? changeOf(read.row) : null;
      const table = change && byName.get(change.table);
      if (change && !table) {
        result.others += 1;
        continue;
      }
      result.seen += 1;
      if (change && table && sequence !== null) {
        const { row, operation } = change;
        landing.add(table, { row, operation, sequence, position });
      } else {
        const unreadable = "reason" in read ? read : { reason: "broken_record" as const, found: null };
        landing.setAside({ source, table: "changes", column: null, key: null, position, ...unreadable });
      }
    }
    await landing.drain();
    // A page may be shorter than was asked for: the last one is empty.
    isDone = lines === 0;
    unnumbered = isNumbered ? 0 : unnumbered + lines;
    // One broken line may be alone on its page; a feed that never tells a number would be read for ever.
    if (unnumbered > changesPerPage) {
      throw new AppError(
        "SOURCE_CHANGED",
        `The source ${source} gave ${unnumbered} changes in a row without a sequence number. See that ${settingOf(source)} is the address of a change feed.`,
        { details: { source } },
      );
    }
  }
  return result;
};

function sequenceOf(change: JsonRow): number | null {
  return Number.isSafeInteger(change.sequence) ? (change.sequence as number) : null;
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
