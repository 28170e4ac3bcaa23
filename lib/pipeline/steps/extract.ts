import { mkdir } from "node:fs/promises";
import path from "node:path";
import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { folderStore, type ObjectStore } from "@/lib/objects";
import { landParquet, landQuarantine, openLanding, type ReadingResult, readers, rowsIn } from "@/lib/sources";
import { type DuckDbWriter, openDuckDbWriter, quoteName, quoteText } from "@/lib/warehouse";
import { expireCache } from "../expire-cache";
import type { PipelineMart, SourceAddresses, Step } from "../mart";
import type { SourceTable } from "../source-table";
import type { StepContext } from "../step-context";
import type { StepReport } from "../steps";

export interface ExtractOptions {
  /** A folder for what the next run need not read again; below DATA_DIR when absent. */
  cacheDirectory?: string;
  /** Where answers are kept that cost something to ask for; that folder when absent. */
  answers?: ObjectStore;
}

/**
 * The step that reads what the sources at these addresses tell of `[START, END)` and lands it, every column as text as it was
 * found. Every record that was seen is a row of a table's file or one of the quarantine.
 * @throws AppError SOURCE_UNAVAILABLE, SOURCE_CHANGED: the message names the source and says what to do
 */
export function createExtract(addresses: SourceAddresses, options: ExtractOptions = {}): Step {
  return async (context, mart) => {
    const cacheDirectory = options.cacheDirectory ?? path.join(config().dataDir, "cache");
    const answers = options.answers ?? folderStore(cacheDirectory);
    const writer = await openDuckDbWriter(path.join(context.scratch, "extract.duckdb"), config().engine);
    try {
      const work = { context, mart, addresses, cacheDirectory, answers, writer, inTurn: oneByOne() };
      const done = await extract(work);
      const expired = await expireCache(cacheDirectory);
      if (expired > 0) context.log(`removed ${expired} cached files that were not used for 90 days`);
      return done;
    } finally {
      await writer.close();
    }
  };
}

interface Extraction {
  context: StepContext;
  mart: PipelineMart;
  addresses: SourceAddresses;
  cacheDirectory: string;
  answers: ObjectStore;
  writer: DuckDbWriter;
  /** Work of an engine, one after the other: each uses every core. */
  inTurn: <T>(work: () => Promise<T>) => Promise<T>;
}

/** What one reader left: its tables are written, what it set aside is not. */
interface SourceResult extends ReadingResult {
  source: string;
  landed: number;
  left: number;
  late: number;
  setAsideFiles: string[];
}

async function extract(extraction: Extraction): Promise<Pick<StepReport, "quarantine" | "facts">> {
  const { context, mart, writer } = extraction;
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const waiting = new Set(mart.sources);
  const onLanded = (table: SourceTable) => {
    waiting.delete(table);
    const done = mart.sources.length - waiting.size;
    context.progress(`${table.source} ${table.name}`, done, mart.sources.length);
  };
  // By table: those that ask about the rows of another wait for it.
  const readings = new Map<string, Promise<SourceResult>>();
  for (const tables of groupsOf(mart.sources)) {
    const reading = readTables(extraction, tables, signal, onLanded, readings);
    // One that fails stops the others.
    reading.catch((reason) => stop.abort(reason));
    for (const { name } of tables) readings.set(name, reading);
  }
  await Promise.allSettled(readings.values());
  signal.throwIfAborted();
  const results = await Promise.all(new Set(readings.values()));

  const file = path.join(context.scratch, "quarantine.parquet");
  const setAsideFiles = results.flatMap((result) => result.setAsideFiles);
  const { rows, quarantine, bySource } = await landQuarantine(writer, setAsideFiles, file);
  await context.files.write("quarantine.parquet", file, rows);
  return { quarantine, facts: factsOf(results, bySource) };
}

function oneByOne(): Extraction["inTurn"] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next;
    return next;
  };
}

/** Tables that one reader reads together: of one source, by one protocol. */
function groupsOf(tables: SourceTable[]): SourceTable[][] {
  const groups = new Map<string, SourceTable[]>();
  for (const table of tables) {
    const name = `${table.source} ${table.protocol}`;
    groups.set(name, [...(groups.get(name) ?? []), table]);
  }
  return [...groups.values()];
}

async function readTables(
  { context, mart, addresses, cacheDirectory, answers, writer, inTurn }: Extraction,
  tables: SourceTable[],
  signal: AbortSignal,
  onLanded: (table: SourceTable) => void,
  readings: ReadonlyMap<string, Promise<unknown>>,
): Promise<SourceResult> {
  const [{ source, protocol }] = tables as [SourceTable];
  const address = addresses[source as keyof SourceAddresses];
  if (!address) throw new AppError("SETTINGS_INVALID", `The mart's source ${source} has no address.`);
  const { start, end } = context.parameters;
  const scratch = path.join(context.scratch, "sources", `${source}-${protocol}`);
  await mkdir(path.join(scratch, "landing"), { recursive: true });
  // The other protocols ask for the time they want.
  const until = ["csv", "maps"].includes(protocol) ? end : undefined;
  const landing = await openLanding(path.join(scratch, "landing"), tables, until);
  const result = { source, landed: 0, late: 0, setAsideFiles: landing.setAsideFiles };
  const unlanded = new Set(tables);
  const land = async (table: SourceTable, engine: DuckDbWriter, rowsSql: string) => {
    const file = landedFile(context, table);
    const { rows, late } = await inTurn(() => landParquet(engine, table, rowsSql, file));
    await context.files.write(path.basename(file), file, rows);
    unlanded.delete(table);
    result.landed += rows;
    result.late += late;
    onLanded(table);
  };
  try {
    const done = await readers[protocol]({
      ...{ mart: mart.name, source, address, tables, start, end, signal, log: context.log },
      ...{ landing, land, scratch, cacheDirectory, answers },
      keysOf: async (name) => {
        await readings.get(name);
        const table = mart.sources.find((known) => known.name === name);
        return table ? inTurn(() => keysIn(writer, table, landedFile(context, table))) : [];
      },
    });
    for (const table of unlanded) await land(table, writer, rowsIn(landing.fileOf(table), table));
    return { ...result, ...done, left: landing.left() };
  } finally {
    await landing.close();
  }
}

function landedFile(context: StepContext, { source, name }: SourceTable): string {
  return path.join(context.scratch, `${source}.${name}.parquet`);
}

/** The keys of a landed table that can be asked about. */
async function keysIn(
  writer: DuckDbWriter,
  { key: [column = ""] }: SourceTable,
  file: string,
): Promise<string[]> {
  const key = quoteName(column);
  const { rows } = await writer.query(
    `SELECT DISTINCT ${key} FROM ${quoteText(file)} WHERE ${key} IS NOT NULL AND NOT contains(${key}, ',') ORDER BY 1`,
  );
  return rows.map(([value]) => String(value));
}

/** @throws AppError INTERNAL where a record is neither landed nor set aside */
function factsOf(results: SourceResult[], setAside: ReadonlyMap<string, number>): StepReport["facts"] {
  const sources = [...new Set(results.map(({ source }) => source))];
  return sources.flatMap((source) => {
    const of = results.filter((result) => result.source === source);
    const sum = (figure: "seen" | "landed" | "left" | "late" | "others") =>
      of.reduce((total, result) => total + result[figure], 0);
    const aside = setAside.get(source) ?? 0;
    if (sum("seen") !== sum("landed") + sum("left") + aside) {
      throw new AppError(
        "INTERNAL",
        `Of ${sum("seen")} records of the source ${source}, ${sum("landed")} landed, ${sum("left")} were from END on and ${aside} were set aside: some are lost. Run this step again; if it happens again it is a fault of the reader.`,
      );
    }
    const fact = (label: string, value: number) => ({ label: `${source}: ${label}`, value, unit: "records" });
    return [
      fact("seen", sum("seen")),
      fact("landed", sum("landed")),
      fact("set aside", aside),
      fact("from END on, not read", sum("left")),
      fact("of tables that the mart does not read", sum("others")),
      fact("received more than an hour after they began", sum("late")),
    ].filter(({ value }, index) => index < 3 || value > 0);
  });
}
