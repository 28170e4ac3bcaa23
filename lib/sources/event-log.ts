import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/errors";
import { count } from "@/lib/figures";
import { withLock } from "@/lib/mart/lock";
import { quoteText } from "@/lib/warehouse";
import { httpSource } from "./http";
import { openLanding } from "./landing";
import {
  type LogPosition,
  type LogRecord,
  listPartitions,
  type Partition,
  progressThrough,
  readRecords,
} from "./log-records";
import { type LogStaging, openLogStaging, type PartitionProgress } from "./log-staging";
import type { Reader, Reading } from "./reading";

const recordsPerCommit = 10_000;

/**
 * Reads an event log whose partitions are hours of arrival, exactly once by partition and offset, by way of a staging file
 * that outlives the run: `GET /partitions?from=&to=` says how far each partition goes, `GET /records?from=&offset=&to=&limit=`
 * gives lines of JSON `{partition, offset, kind, …row}` in order. A record of kind `session` is a row of the table `sessions`.
 * A record that was delivered twice, under two offsets, is two rows; those that came late are rows of their hour of arrival.
 * @throws AppError SOURCE_UNAVAILABLE, SOURCE_CHANGED
 */
export const readEventLog: Reader = async (reading) => {
  const { source, address, start, end, landing } = reading;
  const [from, to] = [hourOf(start), hourOf(end)];
  const api = httpSource(source, address, reading);
  const listing = await listPartitions(source, api, from, to);
  const file = stagingFile(reading, listing.log);
  await mkdir(path.dirname(file), { recursive: true });
  return withLock(`${file}.lock`, async () => {
    const staging = await openLogStaging(file, reading.tables, reading.log);
    try {
      const progress = progressThrough(listing.partitions, staging.nextOffsets);
      const ask = (at: LogPosition) =>
        api.get("/records", { from: at.partition, offset: at.offset, to, limit: recordsPerCommit });
      const unread = countUnread(listing.partitions, staging.nextOffsets);
      let [staged, told] = [0, 0];
      for (let at = progress.position(), asked = at && ask(at); asked; ) {
        const body = await asked;
        const records = readRecords(reading, body, progress, recordsPerCommit);
        at = progress.position();
        // Asked for while the engine works on the last answer.
        asked = at && ask(at);
        asked?.catch(() => {});
        await commit(reading, staging, records);
        staged += records.length;
        // About fifty lines, however long the log is.
        if (at && staged - told < unread / 50) continue;
        told = staged;
        reading.log(`${source}: ${count(staged)} of ${count(unread)} new records staged`);
      }
      for (const table of reading.tables) {
        await reading.land(table, staging.writer, staging.rows(table, from, to));
      }
      const setAside = path.join(reading.scratch, "set-aside.ndjson");
      await staging.writer.run(
        `COPY (${staging.setAside(from, to)}) TO ${quoteText(setAside)} (FORMAT json)`,
      );
      landing.setAsideFiles.push(setAside);
      const { records, others } = await staging.counts(from, to);
      return { seen: records - others, others };
    } finally {
      await staging.writer.close();
    }
  });
};

function countUnread(partitions: Partition[], nextOffsets: ReadonlyMap<string, number>): number {
  return partitions.reduce(
    (sum, { partition, next_offset }) => sum + Math.max(next_offset - (nextOffsets.get(partition) ?? 0), 0),
    0,
  );
}

/** The hour that begins at a moment, as partitions are named. */
function hourOf(moment: string): string {
  const iso = new Date(moment).toISOString();
  if (iso.slice(14) === "00:00.000Z") return iso.slice(0, 13);
  throw new AppError(
    "BAD_INPUT",
    `An event log is read by whole hours: ${moment} is none. Give START and END on the hour.`,
  );
}

/** One file per mart, log and declaration of its tables: whichever changes, reading begins anew. */
function stagingFile(reading: Reading, log: string | null): string {
  const { mart, source, address, tables, cacheDirectory } = reading;
  const { host, pathname } = new URL(address);
  const shape = tables.map(({ name, row }) => [name, Object.keys(row.shape)]);
  const identity = JSON.stringify([log ?? [host, pathname], shape]);
  const hash = createHash("sha256").update(identity).digest("hex").slice(0, 16);
  return path.join(cacheDirectory, "logs", `${mart}-${source}-${hash}.duckdb`);
}

async function commit(reading: Reading, staging: LogStaging, records: LogRecord[]): Promise<void> {
  reading.signal.throwIfAborted();
  const folder = await mkdtemp(path.join(reading.scratch, "batch-"));
  const landing = await openLanding(folder, reading.tables);
  const partitions = new Map<string, PartitionProgress>();
  for (const { partition, offset, table, line } of records) {
    const done = partitions.get(partition) ?? { partition, next: 0, records: 0, others: 0 };
    partitions.set(partition, done);
    done.next = offset + 1;
    done.records += 1;
    if (line === null) done.others += 1;
    else if (table && typeof line === "string") landing.put(table, line);
    else if (typeof line !== "string") landing.setAside(line);
  }
  await landing.drain();
  await landing.close();
  await staging.commit(landing, [...partitions.values()]);
  await rm(folder, { recursive: true, force: true });
}
