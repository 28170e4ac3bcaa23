import type { Protocol } from "@/lib/pipeline/source-table";
import { readChanges } from "./cdc";
import { readCsv } from "./csv";
import { readEventLog } from "./event-log";
import { readMaps } from "./maps";
import { readPostgres } from "./postgres";
import type { Reader } from "./reading";
import { readRest } from "./rest";

export { landParquet, landQuarantine } from "./land-parquet";
export { openLanding, rowsIn } from "./landing";
export type { Reading, ReadingResult } from "./reading";

/** The reader of each protocol. */
export const readers: Record<Protocol, Reader> = {
  cdc: readChanges,
  rest: readRest,
  postgres: readPostgres,
  event_log: readEventLog,
  maps: readMaps,
  csv: readCsv,
};
