import { AppError } from "@/lib/errors";
import { type Cell, type DuckDbWriter, type QueryResult, quoteText } from "@/lib/warehouse";
import { hashRegistry } from "./hash";
import { registrySchema } from "./schema";
import { type RegistryTable, registryFormat, registryTables } from "./tables";
import type { Registry } from "./types";

/** A warehouse, or a writer that has the file open. */
type Readable = { query(sql: string): Promise<QueryResult> };

/** One registry of several that share their tables. */
export interface SharedRegistry {
  mart: string;
  build: string;
  /** The tables' schema, as SQL writes it. */
  schema: string;
}

/**
 * Creates the registry's tables in the mart's file, replacing those there are, and fills them.
 * @throws AppError MART_DAMAGED where the registry does not fit its schema: it could not be read back
 */
export async function writeRegistry(writer: DuckDbWriter, registry: Registry): Promise<void> {
  const { stamp } = checked(registry);
  const fill = async (table: RegistryTable, rows: Cell[][]) => {
    const columns = Object.entries(registryTables[table]).map(([name, type]) => `"${name}" ${type}`);
    await writer.run(`create or replace table ${table} (${columns.join(", ")})`);
    await writer.appendRows(table, rows);
  };
  await fill("MART_INFO", [
    [registry.mart, registry.title, stamp, registry.asOf, registryFormat, registry.contentHash],
  ]);
  await fill(
    "ENTITY_REGISTRY",
    registry.entities.map((e, i) => [stamp, i, e.name, e.plural, JSON.stringify(e.synonyms)]),
  );
  await fill(
    "TABLE_REGISTRY",
    registry.tables.map((t, i) => [
      ...[
        t.stamp,
        i,
        t.name,
        t.description,
        t.entity,
        t.kind,
        JSON.stringify(t.grain),
        JSON.stringify(t.keys),
      ],
      ...[t.eventTime ?? null, t.createdTime ?? null, t.ttlSeconds ?? null, t.rowCount, t.owner],
      JSON.stringify(t.synonyms),
    ]),
  );
  await fill(
    "FEATURE_REGISTRY",
    registry.features.map((f, i) => [
      ...[stamp, i, f.table, f.name, f.description, f.type, f.unit ?? null, f.windowDays ?? null],
      ...[
        f.aggregation ?? null,
        f.weight ?? null,
        f.derived ? JSON.stringify(f.derived) : null,
        f.family,
        f.isKey,
        f.pii,
        f.owner,
      ],
      ...[f.nullRate, f.distinctCount, f.min ?? null, f.max ?? null],
    ]),
  );
  await fill(
    "REQUEST_REGISTRY",
    (registry.requests ?? []).map((r, i) => [
      ...[stamp, i, r.title, r.description, r.entity, JSON.stringify(r.selections)],
    ]),
  );
  await fill(
    "VALUE_REGISTRY",
    registry.values.map((v, i) => [
      ...[stamp, i, v.table, v.column, v.value, v.frequency, JSON.stringify(v.aliases)],
    ]),
  );
}

/**
 * The registry of the mart that the warehouse has open, or the one named of several in its tables.
 * @throws AppError MART_DAMAGED where it is missing, of another version, or its content does not fit its hash
 */
export async function readRegistry(warehouse: Readable, shared?: SharedRegistry): Promise<Registry> {
  const readAll = (table: RegistryTable) => readRows(warehouse, table, shared);
  try {
    const [info, ...more] = await readAll("MART_INFO");
    if (!info || more.length > 0) throw new Error("MART_INFO must have one row");
    if (info.BUILDER_VERSION !== registryFormat) throw new Error("written by another version");
    const requests = (await readAll("REQUEST_REGISTRY")).map((r) => ({
      title: r.TITLE,
      description: r.DESCRIPTION,
      entity: r.ENTITY,
      selections: json(r.SELECTIONS),
    }));
    return checked({
      ...(requests.length > 0 ? { requests } : {}),
      mart: info.NAME,
      title: info.TITLE,
      stamp: info.STAMP,
      asOf: info.AS_OF,
      contentHash: info.CONTENT_HASH,
      entities: (await readAll("ENTITY_REGISTRY")).map((r) => ({
        name: r.ENTITY,
        plural: r.PLURAL,
        synonyms: json(r.SYNONYMS),
      })),
      tables: (await readAll("TABLE_REGISTRY")).map(toTable),
      features: (await readAll("FEATURE_REGISTRY")).map(toFeature),
      values: (await readAll("VALUE_REGISTRY")).map((r) => ({
        table: r.TABLE_NAME,
        column: r.COLUMN_NAME,
        value: r.VALUE,
        frequency: r.FREQUENCY,
        aliases: json(r.ALIASES),
      })),
    });
  } catch (cause) {
    throw cause instanceof AppError && cause.code !== "QUERY_FAILED"
      ? cause
      : new AppError("MART_DAMAGED", undefined, { cause });
  }
}

type Row = Record<string, Cell>;

async function readRows(
  warehouse: Readable,
  table: RegistryTable,
  shared: SharedRegistry | undefined,
): Promise<Row[]> {
  const names = Object.keys(registryTables[table]);
  const order = "POSITION" in registryTables[table] ? " order by POSITION" : "";
  const columns = names.map((name) => `"${name}"`).join(", ");
  const from = shared
    ? `${shared.schema}.${table} where MART = ${quoteText(shared.mart)} and BUILD = ${quoteText(shared.build)}`
    : table;
  const { rows } = await warehouse.query(`select ${columns} from ${from}${order}`);
  return rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])));
}

function toTable(r: Row): unknown {
  return present({
    name: r.TABLE_NAME,
    description: r.DESCRIPTION,
    entity: r.ENTITY,
    kind: r.KIND,
    grain: json(r.GRAIN),
    keys: json(r.KEYS),
    eventTime: r.EVENT_TIME,
    createdTime: r.CREATED_TIME,
    ttlSeconds: r.TTL_SECONDS,
    rowCount: r.ROW_COUNT,
    owner: r.OWNER,
    stamp: r.STAMP,
    synonyms: json(r.SYNONYMS),
  });
}

function toFeature(r: Row): unknown {
  return present({
    table: r.TABLE_NAME,
    name: r.FEATURE_NAME,
    description: r.DESCRIPTION,
    type: r.DATA_TYPE,
    unit: r.UNIT,
    windowDays: r.WINDOW_DAYS,
    aggregation: r.AGGREGATION,
    weight: r.WEIGHT_COLUMN,
    derived: r.DERIVED === null ? null : json(r.DERIVED),
    family: r.FAMILY,
    isKey: r.IS_KEY,
    pii: r.IS_PII,
    owner: r.OWNER,
    nullRate: r.NULL_RATE,
    distinctCount: r.DISTINCT_COUNT,
    min: r.MIN_VALUE,
    max: r.MAX_VALUE,
  });
}

/** A column that is NULL is a field that is absent. */
function present(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

function json(text: Cell | undefined): unknown {
  return JSON.parse(String(text));
}

function checked(candidate: unknown): Registry {
  const parsed = registrySchema.safeParse(candidate);
  const problem = parsed.success
    ? hashRegistry(parsed.data) === parsed.data.contentHash
      ? null
      : "the content does not fit its hash"
    : parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
  if (problem !== null || !parsed.success) {
    throw new AppError("MART_DAMAGED", undefined, { details: { problem: problem?.slice(0, 500) } });
  }
  return parsed.data;
}
