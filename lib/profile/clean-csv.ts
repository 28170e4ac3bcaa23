import { createReadStream, createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { type CsvRecord, CsvRecordSplitter, fieldsOf } from "@/lib/csv";
import { AppError } from "@/lib/errors";

export interface CleanCsv {
  delimiter: string;
  header: string[];
  /** Records after the header: `rows` are those written to the clean file, `refused` the others. */
  rows: number;
  refused: number;
  /** The first of the refused, for the report. */
  refusals: { line: number; reason: string }[];
  multiline: boolean;
}

const mostColumns = 4096;
const refusalsShown = 5;
const delimiters = [",", ";", "\t", "|"];

/**
 * Writes the well-formed records of a `.csv` or `.csv.gz` to `output`: UTF-8, no header, `\n` after each, and counts
 * every one that is refused. `maxBytes` bounds the unpacked size.
 * @throws AppError BAD_INPUT where the file as a whole cannot be read
 */
export async function cleanCsv(input: string, output: string, maxBytes: number): Promise<CleanCsv> {
  const name = path.basename(input);
  const fail = (problem: string, cause?: unknown): AppError =>
    new AppError("BAD_INPUT", `${name}: ${problem}`, { details: { file: name }, cause });
  const result: CleanCsv = {
    delimiter: ",",
    header: [],
    rows: 0,
    refused: 0,
    refusals: [],
    multiline: false,
  };

  let splitter: CsvRecordSplitter | null = null;
  function accept(records: CsvRecord[]): Buffer {
    const kept: Buffer[] = [];
    for (const record of records) {
      if (result.header.length === 0) {
        result.header = headerOf(record, result.delimiter, fail);
        continue;
      }
      if (record.problem === null) {
        kept.push(record.bytes, lineFeed);
        result.rows += 1;
        result.multiline ||= record.multiline;
      } else {
        result.refused += 1;
        if (result.refusals.length < refusalsShown) {
          result.refusals.push({ line: record.line, reason: record.problem });
        }
      }
    }
    return Buffer.concat(kept);
  }

  async function* clean(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw fail(`it unpacks to more than ${Math.floor(maxBytes / 1024 ** 2)} MiB.`);
      let body = chunk;
      if (splitter === null) {
        body = withoutByteOrderMark(chunk, fail);
        result.delimiter = sniffDelimiter(body);
        splitter = new CsvRecordSplitter(result.delimiter);
      }
      yield accept(splitter.push(body));
    }
    if (splitter !== null) yield accept(splitter.end());
  }

  try {
    const source = createReadStream(input, { highWaterMark: 1024 * 1024 });
    const sink = createWriteStream(output);
    if (/\.gz$/i.test(input)) {
      await pipeline(source, createGunzip({ chunkSize: 1024 * 1024 }), clean, sink);
    } else {
      await pipeline(source, clean, sink);
    }
  } catch (thrown) {
    if (thrown instanceof AppError) {
      throw thrown.message.startsWith(name) ? thrown : fail(thrown.message, thrown);
    }
    throw fail("it could not be read. Is it damaged, or not the kind of file its name says?", thrown);
  }
  if (result.header.length === 0) throw fail("the file is empty. It needs a header line.");
  if (result.refused > result.rows) {
    const first = result.refusals[0];
    throw fail(
      `${result.refused} of ${result.refused + result.rows} rows are broken (line ${first?.line}: ${first?.reason}). Is the first line a header, and the file UTF-8?`,
    );
  }
  return result;
}

const lineFeed = Buffer.from("\n");

type Fail = (problem: string) => AppError;

function withoutByteOrderMark(chunk: Buffer, fail: Fail): Buffer {
  const mark = chunk.subarray(0, 3).toString("hex");
  if (mark.startsWith("fffe") || mark.startsWith("feff")) throw fail("it is UTF-16. Save it as UTF-8.");
  if (chunk.subarray(0, 4).toString("latin1") === "PAR1")
    throw fail("it is a Parquet file. Name it .parquet.");
  return mark === "efbbbf" ? chunk.subarray(3) : chunk;
}

/** The delimiter that the first line holds most of, outside quotes. */
function sniffDelimiter(head: Buffer): string {
  const line = head
    .subarray(0, 256 * 1024)
    .toString("utf8")
    .trimStart();
  const counts = new Map<string, number>();
  let inQuotes = false;
  for (const character of line) {
    if (character === '"') inQuotes = !inQuotes;
    else if (!inQuotes && (character === "\n" || character === "\r")) break;
    else if (!inQuotes) counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  return delimiters.reduce((best, d) => ((counts.get(d) ?? 0) > (counts.get(best) ?? 0) ? d : best));
}

function headerOf(record: CsvRecord, delimiter: string, fail: Fail): string[] {
  if (record.problem !== null) throw fail(`the header line has ${record.problem}.`);
  if (record.fields > mostColumns)
    throw fail(`${record.fields} columns are more than the ${mostColumns} allowed.`);
  return fieldsOf(record.bytes.toString("utf8"), delimiter);
}
