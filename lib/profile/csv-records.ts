import { isUtf8 } from "node:buffer";
import { AppError } from "@/lib/errors";

/** A record longer than this has lost its closing quote. */
const longestRecord = 1024 * 1024;

export interface CsvRecord {
  /** The record's bytes as they stand in the file, without its line ending. */
  bytes: Buffer;
  fields: number;
  /** The line of the file on which it starts, from 1. */
  line: number;
  /** Why it cannot be read as a record; null when it can. */
  problem: string | null;
  /** A quoted field runs over a line ending. */
  multiline: boolean;
}

const quote = 0x22;
const newline = 0x0a;
const carriageReturn = 0x0d;

/**
 * Splits bytes into CSV records, whatever the chunks they come in: RFC 4180, with any line ending. Blank lines are no
 * records. A quote counts only at the start of a field.
 */
export class CsvRecordSplitter {
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
  readonly #delimiter: number;

  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /** @throws AppError BAD_INPUT when a quote is never closed */
  push(chunk: Buffer): CsvRecord[] {
    const records: CsvRecord[] = [];
    const buffer = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (let at = this.#scanned; at < buffer.length; at += 1) {
      const byte = buffer[at] as number;
      const lineEnds = byte === newline ? this.#previous !== carriageReturn : byte === carriageReturn;
      if (lineEnds) this.#line += 1;
      this.#previous = byte;
      if (this.#inQuotes) {
        if (byte === quote) {
          this.#inQuotes = false;
          this.#afterQuote = true;
        } else if (byte === newline || byte === carriageReturn) this.#multiline = true;
        continue;
      }
      if (byte === newline || byte === carriageReturn) {
        this.#finish(buffer.subarray(start, at), records);
        start = at + 1;
      } else if (byte === this.#delimiter) {
        this.#fields += 1;
        this.#atFieldStart = true;
        this.#afterQuote = false;
        continue;
      } else if (byte === quote && (this.#atFieldStart || this.#afterQuote)) {
        this.#inQuotes = true;
        this.#afterQuote = false;
      } else if (this.#afterQuote) {
        this.#problem = "text after a closing quote";
        this.#afterQuote = false;
      } else if (byte === 0) {
        this.#problem = "a NUL byte";
      }
      this.#atFieldStart = start === at + 1;
    }
    this.#rest = buffer.subarray(start);
    this.#scanned = this.#rest.length;
    if (this.#rest.length > longestRecord) {
      throw new AppError(
        "BAD_INPUT",
        `The record on line ${this.#recordLine} is longer than 1 MiB: a quote there is probably never closed. Correct it and try again.`,
      );
    }
    return records;
  }

  /** The last record, when the file does not end with a line ending. */
  end(): CsvRecord[] {
    const records: CsvRecord[] = [];
    if (this.#inQuotes) this.#problem = "a quote that is never closed";
    this.#finish(this.#rest, records);
    this.#rest = Buffer.alloc(0);
    return records;
  }

  #finish(bytes: Buffer, records: CsvRecord[]): void {
    if (bytes.length > 0) {
      records.push({
        bytes,
        fields: this.#fields,
        line: this.#recordLine,
        problem: this.#problem ?? (isUtf8(bytes) ? null : "bytes that are not UTF-8"),
        multiline: this.#multiline,
      });
    }
    this.#fields = 1;
    this.#inQuotes = false;
    this.#afterQuote = false;
    this.#multiline = false;
    this.#problem = null;
    this.#recordLine = this.#line;
  }
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
