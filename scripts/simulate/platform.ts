import { createReadStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { sourceTables } from "@/db/marts/auto-marketplace/sources";
import { engineType } from "@/db/marts/auto-marketplace/world";
import { AppError } from "@/lib/errors";
import type { SourceTable } from "@/lib/pipeline/source-table";
import { openPostgres, type PostgresClient } from "@/lib/postgres";
import { type DuckDbWriter, quoteName, quoteText } from "@/lib/warehouse";
import { dirtSpecs } from "./dirt-specs";
import { withoutMarkers } from "./server";
import type { World } from "./world-query";

const platformTables = sourceTables.filter(({ source }) => source === "platform");

const columnTypes = {
  VARCHAR: "text",
  BIGINT: "bigint",
  DOUBLE: "double precision",
  BOOLEAN: "boolean",
  DATE: "date",
  TIMESTAMP: "timestamptz",
} as const;

/** Writes the right rows of every table as `<table>.csv`, for the database to load. */
export async function writePlatform(world: DuckDbWriter, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { name, key, row } of platformTables) {
    const names = Object.keys(row.shape).map(quoteName).join(", ");
    const file = quoteText(path.join(folder, `${name}.csv`));
    await world.run(
      `copy (select ${names} from world.${name} order by ${key.join(", ")}) to ${file} (format csv, header false)`,
    );
  }
}

/**
 * The platform's database on the server of `serverUrl`, which has to let its user create databases. It is filled once:
 * again only where `contentKey` is another.
 * @param folder what {@link writePlatform} wrote
 * @returns its URL
 */
export async function ensurePlatform(
  world: World,
  {
    serverUrl,
    name,
    contentKey,
    folder,
  }: {
    serverUrl: string;
    name: string;
    contentKey: string;
    folder: string;
  },
): Promise<string> {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const server = openPostgres(serverUrl, { max: 1, connect_timeout: 10 });
  try {
    // Two simulators that start at once must not both fill it.
    await server`select pg_advisory_lock(hashtext(${name}))`;
    const [known] = await server`select 1 from pg_database where datname = ${name}`;
    if (known && (await keyOf(url.href)) === contentKey) return url.href;
    await server.unsafe(`drop database if exists ${quoteName(name)} with (force)`);
    await server.unsafe(`create database ${quoteName(name)}`).catch((cause: unknown) => {
      throw new AppError(
        "DATABASE_UNAVAILABLE",
        "The simulated platform needs a database of its own, and the user of DATABASE_URL may not create one. Let it (alter role … createdb), or set SOURCE_PLATFORM_URL and the other sources' addresses.",
        { cause },
      );
    });
    const database = openPostgres(url.href, { max: 1, connect_timeout: 10 });
    try {
      for (const table of platformTables) await fill(database, world, table, folder);
      await database.unsafe("create table simulation (content_key text)");
      await database`insert into simulation values (${contentKey})`;
    } finally {
      await database.end({ timeout: 5 });
    }
    return url.href;
  } finally {
    await server.end({ timeout: 5 });
  }
}

async function keyOf(url: string): Promise<string | null> {
  const database = openPostgres(url, { max: 1, connect_timeout: 10 });
  try {
    const [row] = await database`select content_key from simulation`;
    return row ? String(row.content_key) : null;
  } catch {
    // It was never filled to the end.
    return null;
  } finally {
    await database.end({ timeout: 5 });
  }
}

async function fill(
  database: PostgresClient,
  world: World,
  table: SourceTable,
  folder: string,
): Promise<void> {
  const columns = Object.entries(table.row.shape);
  const names = columns.map(([name]) => quoteName(name)).join(", ");
  // What an old form lets people write as they like is text.
  const isText = (name: string) =>
    dirtSpecs.some(
      ({ table: of, column, value }) => of === table.name && column === name && value?.startsWith('"'),
    );
  const declared = columns.map(
    ([name, schema]) => `${quoteName(name)} ${isText(name) ? "text" : columnTypes[engineType(schema)]}`,
  );
  await database.unsafe(`create unlogged table ${quoteName(table.name)} (${declared.join(", ")})`);
  const into = await database.unsafe(`copy ${quoteName(table.name)} from stdin (format csv)`).writable();
  await pipeline(createReadStream(path.join(folder, `${table.name}.csv`)), into);
  const { rows } = await world.query(
    `select row_text from served.dirt where name = ${quoteText(table.name)} order by no`,
  );
  for (const [text] of rows) {
    const json = withoutMarkers(String(text))
      .toString()
      .replaceAll(/:1e309\b/g, ':"1e309"');
    await database.unsafe(
      `insert into ${quoteName(table.name)} select ${names} from json_populate_record(null::${quoteName(table.name)}, $1::text::json)`,
      [json],
    );
  }
  const watermark = columns.some(([name]) => name === "updated_at") ? "updated_at" : table.createdAt;
  if (watermark) await database.unsafe(`create index on ${quoteName(table.name)} (${quoteName(watermark)})`);
}
