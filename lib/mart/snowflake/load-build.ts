import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import path from "node:path";
import { concurrently } from "@/lib/concurrently";
import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { groupBy } from "@/lib/group-by";
import type { ObjectStore } from "@/lib/objects";
import { buildColumns, readRegistry, registryTables } from "@/lib/registry";
import type { SnowflakeSettings } from "@/lib/settings/warehouse";
import { openDuckDbWarehouse, type ParquetFile, quoteName, quoteText, type Warehouse } from "@/lib/warehouse";
import type { SnowflakeSession } from "@/lib/warehouse/snowflake";
import { type BuildName, schemaOf, sharedSchema, stagingPrefix } from "./names";
import { selectItem, storedType } from "./stored-type";

/** What is read, staged and loaded at the same time. */
const atOnce = 4;

export interface LoadContext {
  settings: SnowflakeSettings;
  session: SnowflakeSession;
  store: ObjectStore;
  /** A folder for the files on their way; it exists. */
  scratchDirectory: string;
  signal?: AbortSignal;
  onTable?: (table: string, done: number, total: number) => void;
}

interface TableLoad {
  table: string;
  /** As SQL writes it. */
  target: string;
  /** In the embedded engine. */
  select: string;
  /** Null where the table is there already. */
  createSql: string | null;
}

/**
 * Loads all that is in the built file: its tables into the build's own new schema, its registries among those of the other
 * builds. Then both are held against the file. Nobody finds the build yet.
 * @throws AppError RESULT_INCOMPLETE where less was loaded than is in the file
 */
export async function loadBuild(context: LoadContext, name: BuildName, builtFile: string): Promise<void> {
  const { settings, session, signal, scratchDirectory } = context;
  const schema = `${settings.database}.${schemaOf(settings, name)}`;
  const file = await openDuckDbWarehouse({
    ...{ path: builtFile, writableDirectories: [scratchDirectory] },
    ...config().engine,
  });
  try {
    const { contentHash } = await readRegistry(file);
    // Without the days of fail-safe storage: a build can be built again.
    await session.query(`CREATE TRANSIENT SCHEMA ${schema}`, { signal });
    const loads = await loadsOf(file, settings, name, schema);
    let done = 0;
    const loadNext = async (load: TableLoad, position: number) => {
      context.onTable?.(load.table, done, loads.length);
      await loadTable(context, file, load, `${stagingPrefix(name)}/${String(position).padStart(5, "0")}`);
      done++;
    };
    await concurrently(loads, loadNext, atOnce);
    const shared = { ...name, schema: sharedSchema(settings) };
    const stored = await readRegistry(session, shared);
    if (stored.contentHash !== contentHash) throw new AppError("MART_DAMAGED");
    if (settings.readRole) {
      const reader = `TO ROLE ${settings.readRole}`;
      await session.query(`GRANT USAGE ON SCHEMA ${schema} ${reader}`, { signal });
      await session.query(`GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} ${reader}`, { signal });
    }
  } finally {
    await file.close();
  }
}

async function loadsOf(
  file: Warehouse,
  settings: SnowflakeSettings,
  name: BuildName,
  schema: string,
): Promise<TableLoad[]> {
  const { rows } = await file.query(
    `SELECT table_name, column_name, data_type FROM information_schema.columns JOIN information_schema.tables USING (table_catalog, table_schema, table_name)
     WHERE table_schema = 'main' AND table_type = 'BASE TABLE' ORDER BY table_name, ordinal_position`,
  );
  const tables = groupBy(rows, ([table]) => String(table));
  return [...tables].map(([table, columns]): TableLoad => {
    const stored = columns.map(([, column, type]) => ({
      column: String(column),
      ...storedType(String(type)),
    }));
    const items = stored.map((one) => selectItem(one.column, one));
    if (table in registryTables) {
      const own = Object.keys(buildColumns).map(
        (column) => `${quoteText(column === "MART" ? name.mart : name.build)} AS ${column}`,
      );
      return {
        table,
        target: `${sharedSchema(settings)}.${table}`,
        select: `SELECT ${[...own, ...items].join(", ")} FROM ${quoteName(table)}`,
        createSql: null,
      };
    }
    const target = `${schema}.${quoteName(table)}`;
    const declared = stored.map(({ column, type }) => `${quoteName(column)} ${type}`);
    return {
      ...{ table, target, select: `SELECT ${items.join(", ")} FROM ${quoteName(table)}` },
      createSql: `CREATE TABLE ${target} (${declared.join(", ")})`,
    };
  });
}

async function loadTable(
  { session, store, settings, scratchDirectory, signal }: LoadContext,
  file: Warehouse,
  load: TableLoad,
  stagedAs: string,
): Promise<void> {
  const key = `${stagedAs}.parquet`;
  const local = path.join(scratchDirectory, `load-${randomUUID()}.parquet`);
  const integration = settings.storageIntegration;
  try {
    const written = await file.writeParquet(load.select, local, { signal });
    await store.putFile(key, local);
    if (load.createSql) await session.query(load.createSql, { signal });
    await session.query(
      [
        `COPY INTO ${load.target} FROM ${quoteText(store.locate(key))}`,
        ...(integration ? [`STORAGE_INTEGRATION = ${integration}`] : []),
        // Without logical types the service would guess the unit of a timestamp from its size; by default the text `\N` is NULL.
        "FILE_FORMAT = (TYPE = PARQUET USE_LOGICAL_TYPE = TRUE BINARY_AS_TEXT = FALSE NULL_IF = ())",
        "MATCH_BY_COLUMN_NAME = CASE_SENSITIVE",
      ].join("\n"),
      { signal },
    );
    if (load.createSql) await requireWhole(session, load, written, signal);
  } finally {
    await rm(local, { force: true });
  }
}

/** Rows and known values, counted on both sides: a column that found no counterpart would be NULL throughout. */
async function requireWhole(
  session: SnowflakeSession,
  { table, target }: TableLoad,
  { rows, columns }: ParquetFile,
  signal: AbortSignal | undefined,
): Promise<void> {
  const known = columns.map(({ name }) => `count(${quoteName(name)})`).join(" + ");
  const { rows: counted } = await session.query(`SELECT count(*), ${known} FROM ${target}`, { signal });
  const [loaded, values] = (counted[0] ?? []).map(Number);
  const expected = columns.reduce((sum, { nullCount }) => sum + rows - nullCount, 0);
  if (loaded === rows && values === expected) return;
  throw new AppError(
    "RESULT_INCOMPLETE",
    `The warehouse loaded ${loaded} rows with ${values} values of ${table}, not ${rows} with ${expected}, so nothing was published and what was current stays so. Publish it again.`,
    { details: { table, rows, loaded } },
  );
}
