import { isUtf8 } from "node:buffer";
import { AppError } from "@/lib/errors";

export interface CsvRecord {
  /** The record's bytes as they stand in the file, without its line ending; of a line that is too long its beginning. */
  bytes: Buffer;
  fields: number;
  /** The line of the file on which it starts, from 1. */
  line: number;
  /** Why it cannot be read as a record; null when it can. */
  problem: string | null;
  /** A quoted field runs over a line ending. */
  multiline: boolean;
}

/** Problems that are told apart from the others. */
export const csvProblems = {
  notUtf8: "bytes that are not UTF-8",
  tooLong: "more bytes than a record may have",
} as const;

const shownOfTooLong = 1024;
const quote = 0x22;
const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * Splits bytes into CSV records, whatever the chunks they come in: RFC 4180, with any line ending. Blank lines are no
 * records. The first is the header, which says how many fields each has. A quote counts only at the start of a field. Where a record that runs over line endings cannot be read, its first
 * line alone is the broken record and reading goes on with the next line, so that one lost quote does not swallow the file.
 */
export class CsvRecordSplitter {
  #columns: number | null = null;
  #rest: Buffer = Buffer.alloc(0);
  #scanned = 0;
  #fields = 1;
  #inQuotes = false;
  #atFieldStart = true;
  #afterQuote = false;
  #multiline = false;
  #problem: string | null = null;
  #line = 1;
  #recordLine = 1;
  #previous = 0;
  #isPassing = false;
  readonly #delimiter: number;
  readonly #longest: number;
  readonly #onTooLong: "refuse" | "pass";

  /**
   * A record has at most `longest` bytes. A single line that has more is refused with the whole file; or it is a broken
   * record, and the rest of it is passed over as it comes, up to its line ending, whatever quotes are in it.
   */
  constructor(delimiter: string, longest = 1024 * 1024, onTooLong: "refuse" | "pass" = "refuse") {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#longest = longest;
    this.#onTooLong = onTooLong;
  }

  /** @throws AppError BAD_INPUT when a single line is too long for a record and is to be refused */
  push(chunk: Buffer): CsvRecord[] {
    return this.#scan(this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]), false);
  }

  /** The last record, when the file does not end with a line ending. */
  end(): CsvRecord[] {
    return this.#scan(this.#rest, true);
  }

  #scan(buffer: Buffer, isLast: boolean): CsvRecord[] {
    const records: CsvRecord[] = [];
    let start = this.#isPassing ? this.#pass(buffer) : 0;
    for (let at = Math.max(start, this.#scanned); ; at += 1) {
      if (at < buffer.length) {
        if (!this.#read(buffer[at] as number, at === start)) continue;
      } else {
        const isTooLong = at - start > this.#longest;
        if (at === start || !(isLast || isTooLong)) break;
        if (isTooLong && !this.#multiline) {
          if (this.#onTooLong === "refuse") throw this.#tooLong();
          this.#giveUp(buffer.subarray(start), records);
          start = at;
          break;
        }
        if (this.#inQuotes) this.#problem = "a quote that is never closed";
        else if (isTooLong) this.#problem = csvProblems.tooLong;
      }
      start = this.#finish(buffer, start, at, records);
      at = start - 1;
    }
    this.#rest = buffer.subarray(start);
    this.#scanned = this.#rest.length;
    return records;
  }

  /** Takes in one byte. True where it ends the record. */
  #read(byte: number, isFirst: boolean): boolean {
    const isLineEnding = byte === newline || byte === carriageReturn;
    if (byte === newline ? this.#previous !== carriageReturn : isLineEnding) this.#line += 1;
    this.#previous = byte;
    if (isFirst) this.#atFieldStart = true;
    if (this.#inQuotes) {
      if (byte === quote) {
        this.#inQuotes = false;
        this.#afterQuote = true;
      } else if (isLineEnding) this.#multiline = true;
      return false;
    }
    if (isLineEnding) return true;
    if (byte === quote && (this.#atFieldStart || this.#afterQuote)) {
      this.#inQuotes = true;
      this.#afterQuote = false;
    } else if (byte === this.#delimiter) {
      this.#fields += 1;
      this.#afterQuote = false;
    } else if (this.#afterQuote) {
      this.#problem = "text after a closing quote";
      this.#afterQuote = false;
    } else if (byte === 0) {
      this.#problem = "a NUL byte";
    }
    this.#atFieldStart = byte === this.#delimiter;
    return false;
  }

  /** Adds the record between two places, or its first line where it is broken. Returns where the next one begins. */
  #finish(buffer: Buffer, start: number, end: number, records: CsvRecord[]): number {
    const whole = buffer.subarray(start, end);
    const problem =
      this.#problem ??
      (this.#columns === null || this.#fields === this.#columns
        ? null
        : `${this.#fields} fields instead of ${this.#columns}`) ??
      (isUtf8(whole) ? null : csvProblems.notUtf8);
    const isCut = this.#multiline && problem !== null;
    const bytes = isCut ? whole.subarray(0, firstLineEnding(whole)) : whole;
    if (bytes.length > 0) {
      const multiline = this.#multiline && !isCut;
      this.#columns ??= this.#fields;
      records.push({ bytes, fields: this.#fields, line: this.#recordLine, problem, multiline });
    }
    this.#reset();
    if (isCut) {
      this.#line = this.#recordLine + 1;
      this.#previous = whole[bytes.length] as number;
    }
    this.#recordLine = this.#line;
    return start + bytes.length + (isCut || end < buffer.length ? 1 : 0);
  }

  /** Adds the beginning of a line that is too long, the rest of which has yet to come. */
  #giveUp(line: Buffer, records: CsvRecord[]): void {
    this.#columns ??= this.#fields;
    records.push({
      // A copy, so that the rest is not held.
      bytes: Buffer.from(line.subarray(0, shownOfTooLong)),
      fields: this.#fields,
      line: this.#recordLine,
      problem: csvProblems.tooLong,
      multiline: false,
    });
    this.#reset();
    this.#isPassing = true;
  }

  /** The place after the line ending that is passed for; the end where it is yet to come. */
  #pass(buffer: Buffer): number {
    const at = firstLineEnding(buffer);
    if (at < 0) return buffer.length;
    this.#isPassing = false;
    this.#previous = buffer[at] as number;
    this.#line += 1;
    this.#recordLine = this.#line;
    return at + 1;
  }

  #reset(): void {
    this.#fields = 1;
    this.#inQuotes = false;
    this.#afterQuote = false;
    this.#multiline = false;
    this.#problem = null;
  }

  #tooLong(): AppError {
    return new AppError(
      "BAD_INPUT",
      `The record on line ${this.#recordLine} is longer than ${this.#longest / 1024 ** 2} MiB. Correct it and try again.`,
    );
  }
}

function firstLineEnding(bytes: Buffer): number {
  return bytes.findIndex((byte) => byte === newline || byte === carriageReturn);
}

/** The fields of one well-formed record. */
export function fieldsOf(record: string, delimiter: string): string[] {
  const fields: string[] = [];
  let at = 0;
  while (at <= record.length) {
    if (record[at] === '"') {
      let end = at + 1;
      while (end < record.length && !(record[end] === '"' && record[end + 1] !== '"')) {
        end += record[end] === '"' ? 2 : 1;
      }
      fields.push(record.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 2;
    } else {
      const found = record.indexOf(delimiter, at);
      const end = found === -1 ? record.length : found;
      fields.push(record.slice(at, end));
      at = end + 1;
    }
  }
  return fields;
}
