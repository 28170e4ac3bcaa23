import { createHash } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/errors";
import type { SourceTable } from "@/lib/pipeline/source-table";
import { type HttpSource, httpSource } from "./http";
import { type PageRow, readPages } from "./page";
import type { Reader, Reading } from "./reading";

const areasPerRequest = 50;

/** What the interface calls what a table holds. */
const requests: Record<string, string> = {
  pois: "/pois",
  area_places: "/geocode",
  area_travel: "/distances",
};

/**
 * Asks a maps interface about every area of the census, several in a request: `GET /pois?area_id=…,…` and so on give
 * `{rows: […], next: cursor or null}`. Answers, with all of their pages, are kept by request and END, so that a run that is
 * repeated, or goes on after the quota was used up, asks for nothing twice.
 * @throws AppError SOURCE_UNAVAILABLE, when the quota is used up with the time at which it renews; SOURCE_CHANGED
 */
export const readMaps: Reader = async (reading) => {
  const areas = await reading.keysOf("areas");
  const api = httpSource(reading.source, reading.address, reading);
  let seen = 0;
  for (const table of reading.tables) seen += await readTable(reading, table, areas, api);
  return { seen, others: 0 };
};

async function readTable(reading: Reading, table: SourceTable, areas: string[], api: HttpSource) {
  const { source, landing } = reading;
  const request = requests[table.name];
  if (!request) throw new AppError("INTERNAL", `No request of a maps interface gives ${table.name}.`);
  let seen = 0;
  for (let at = 0; at < areas.length; at += areasPerRequest) {
    const area_id = areas.slice(at, at + areasPerRequest).join(",");
    for (const element of await cached(reading, request, area_id, api)) {
      seen += 1;
      const position = `${table.name} ${seen}`;
      if ("row" in element) {
        landing.add(table, { row: element.row, position, sequence: seen, operation: "upsert" });
      } else {
        landing.setAside({ source, table: table.name, column: null, key: null, position, ...element });
      }
    }
    await landing.drain();
  }
  return seen;
}

/** All rows of a request. A page alone is not kept: its cursor may be worth nothing when the next run asks for what follows. */
async function cached(
  reading: Reading,
  request: string,
  area_id: string,
  api: HttpSource,
): Promise<PageRow[]> {
  const { source, address, end, answers, scratch, signal } = reading;
  signal.throwIfAborted();
  const { host, pathname } = new URL(address);
  const identity = JSON.stringify(["rows", host, pathname, request, area_id, end]);
  const key = `cache/${source}/${createHash("sha256").update(identity).digest("hex")}`;
  const known = await answers.get(key).catch((thrown) => {
    if (thrown instanceof AppError && thrown.code === "NOT_FOUND") return null;
    throw thrown;
  });
  if (known) return JSON.parse(Buffer.from(known).toString("utf8"));
  const rows: PageRow[] = [];
  for await (const page of readPages(source, api, request, { area_id })) rows.push(...page);
  const local = path.join(scratch, "answer");
  await writeFile(local, JSON.stringify(rows));
  await answers.putFile(key, local);
  await rm(local);
  return rows;
}
