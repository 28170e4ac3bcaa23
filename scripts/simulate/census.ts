import { appendFile, mkdir } from "node:fs/promises";
import path from "node:path";
import { sourceTables } from "@/db/marts/auto-marketplace/sources";
import { type DuckDbWriter, quoteText } from "@/lib/warehouse";
import { withoutMarkers } from "./server";

/** Writes `<table>.csv` per table of the census: the right rows, then the wrong ones, then lines that cannot be read. */
export async function writeCensus(world: DuckDbWriter, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const table of sourceTables.filter(({ source }) => source === "census")) {
    const columns = Object.keys(table.row.shape);
    const file = path.join(folder, `${table.name}.csv`);
    await world.run(
      `copy (select ${columns.join(", ")} from world.${table.name} order by ${table.key.join(", ")}) to ${quoteText(file)} (format csv, header)`,
    );
    const { rows } = await world.query(
      `select row_text from served.dirt where name = ${quoteText(table.name)} and row_text is not null order by no`,
    );
    const lines = rows.map(([text]) => {
      const row = JSON.parse(String(text)) as Record<string, unknown>;
      return columns.map((name) => csvField(row[name])).join(",");
    });
    await appendFile(file, withoutMarkers(lines.map((line) => `${line}\n`).join("")));
  }
  for (const [index, { table, reason, bytes }] of brokenLines.entries()) {
    await appendFile(path.join(folder, `${table}.csv`), bytes);
    await world.run(
      `insert into served.dirt values (${92_000_000 + index}, 'census', '${table}', '${reason}', null, null, null)`,
    );
  }
}

/** Each is one record that cannot be read. */
export const brokenLines = [
  {
    table: "fuel_prices",
    reason: "broken_encoding",
    bytes: Buffer.from("PNQ,2026-0\xe9-01,petrol,99,2026-05-02\n", "latin1"),
  },
  { table: "fuel_prices", reason: "broken_record", bytes: Buffer.from('PNQ,2026-04-01,"petrol,99\n') },
  {
    table: "areas",
    reason: "broken_encoding",
    bytes: Buffer.from("87608b086ffff00,PNQ,Caf\xe9 Road,18.5,73.8,1,10\n", "latin1"),
  },
] as const;

function csvField(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
