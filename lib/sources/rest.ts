import type { SourceTable } from "@/lib/pipeline/source-table";
import { type HttpSource, httpSource } from "./http";
import { readPages } from "./page";
import type { Reader, Reading } from "./reading";

/**
 * Reads `GET /<table, with dashes>?cursor=&from=&to=`: pages `{rows: […], next: cursor or null}` of the rows that came to be
 * from START to END.
 * @throws AppError SOURCE_UNAVAILABLE, SOURCE_CHANGED
 */
export const readRest: Reader = async (reading) => {
  const api = httpSource(reading.source, reading.address, reading);
  let seen = 0;
  for (const table of reading.tables) seen += await readTable(reading, table, api);
  return { seen, others: 0 };
};

async function readTable(reading: Reading, table: SourceTable, api: HttpSource): Promise<number> {
  const { source, start, end, landing } = reading;
  let seen = 0;
  const path = `/${table.name.replaceAll("_", "-")}`;
  for await (const rows of readPages(source, api, path, { from: start, to: end })) {
    for (const element of rows) {
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
