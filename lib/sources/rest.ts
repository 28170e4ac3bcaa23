import { AppError } from "@/lib/errors";
import type { SourceTable } from "@/lib/pipeline/source-table";
import { httpSource } from "./http";
import { readPage } from "./page";
import type { Reader, Reading } from "./reading";

/**
 * Reads `GET /<table, with dashes>?cursor=&from=&to=`: pages `{rows: […], next: cursor or null}` of the rows that came to be
 * from START to END.
 * @throws AppError SOURCE_UNAVAILABLE, SOURCE_CHANGED
 */
export const readRest: Reader = async (reading) => {
  let seen = 0;
  for (const table of reading.tables) seen += await readTable(reading, table);
  return { seen, others: 0 };
};

async function readTable(reading: Reading, table: SourceTable): Promise<number> {
  const { source, address, start, end, landing, signal, log } = reading;
  const api = httpSource(source, address, { signal, log });
  const path = `/${table.name.replaceAll("_", "-")}`;
  const taken = new Set<string>();
  let seen = 0;
  for (let cursor: string | null = ""; cursor !== null; ) {
    taken.add(cursor);
    const { body } = await api.get(path, { from: start, to: end, ...(cursor ? { cursor } : {}) });
    const page = readPage(source, path, body);
    for (const element of page.rows) {
      seen += 1;
      const position = `${table.name} ${seen}`;
      if ("row" in element) {
        landing.add(table, { row: element.row, position, sequence: seen, operation: "upsert" });
      } else {
        landing.setAside({ source, table: table.name, column: null, key: null, position, ...element });
      }
    }
    await landing.drain();
    cursor = page.next;
    if (cursor !== null && taken.has(cursor)) {
      throw new AppError(
        "SOURCE_CHANGED",
        `The source ${source} gave the same cursor for two pages of ${path}, which would never end. Tell whoever runs it.`,
        { details: { source, path } },
      );
    }
  }
  return seen;
}
