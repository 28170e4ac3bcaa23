import { AppError } from "@/lib/errors";
import type { Cell, DuckDbWriter, QueryResult } from "@/lib/warehouse";
import { hashRegistry } from "./hash";
import { registrySchema } from "./schema";
import type { Registry } from "./types";

/** The version of these tables. A mart built by another version is built again. */
export const registryFormat = 3;

/** In the mart's own file, beside the feature tables; lists are stored as JSON text, which every warehouse has. */
const tables = {
  MART_INFO: {
    NAME: "VARCHAR",
    TITLE: "VARCHAR",
    STAMP: "VARCHAR",
    AS_OF: "VARCHAR",
    BUILDER_VERSION: "BIGINT",
    CONTENT_HASH: "VARCHAR",
  },
  ENTITY_REGISTRY: {
    STAMP: "VARCHAR",
    POSITION: "BIGINT",
    ENTITY: "VARCHAR",
    PLURAL: "VARCHAR",
    SYNONYMS: "VARCHAR",
  },
  TABLE_REGISTRY: {
    STAMP: "VARCHAR",
    POSITION: "BIGINT",
    TABLE_NAME: "VARCHAR",
    DESCRIPTION: "VARCHAR",
    ENTITY: "VARCHAR",
    KIND: "VARCHAR",
    GRAIN: "VARCHAR",
    KEYS: "VARCHAR",
    EVENT_TIME: "VARCHAR",
    CREATED_TIME: "VARCHAR",
    TTL_SECONDS: "BIGINT",
    ROW_COUNT: "BIGINT",
    OWNER: "VARCHAR",
    SYNONYMS: "VARCHAR",
  },
  FEATURE_REGISTRY: {
    STAMP: "VARCHAR",
    POSITION: "BIGINT",
    TABLE_NAME: "VARCHAR",
    FEATURE_NAME: "VARCHAR",
    DESCRIPTION: "VARCHAR",
    DATA_TYPE: "VARCHAR",
    UNIT: "VARCHAR",
    WINDOW_DAYS: "BIGINT",
    AGGREGATION: "VARCHAR",
    WEIGHT_COLUMN: "VARCHAR",
    DERIVED: "VARCHAR",
    FAMILY: "VARCHAR",
    IS_KEY: "BOOLEAN",
    IS_PII: "BOOLEAN",
    OWNER: "VARCHAR",
    NULL_RATE: "DOUBLE",
    DISTINCT_COUNT: "BIGINT",
    MIN_VALUE: "VARCHAR",
    MAX_VALUE: "VARCHAR",
  },
  REQUEST_REGISTRY: {
    STAMP: "VARCHAR",
    POSITION: "BIGINT",
    TITLE: "VARCHAR",
    DESCRIPTION: "VARCHAR",
    ENTITY: "VARCHAR",
    SELECTIONS: "VARCHAR",
  },
  VALUE_REGISTRY: {
    STAMP: "VARCHAR",
    POSITION: "BIGINT",
    TABLE_NAME: "VARCHAR",
    COLUMN_NAME: "VARCHAR",
    VALUE: "VARCHAR",
    FREQUENCY: "BIGINT",
    ALIASES: "VARCHAR",
  },
} as const;

type TableName = keyof typeof tables;

/** A warehouse, or a writer that has the file open. */
type Readable = { query(sql: string): Promise<QueryResult> };

/** The names of the registry's own tables; a mart's tables must not use them. */
export const registryTableNames: readonly string[] = Object.keys(tables);

/**
 * Creates the registry's tables in the mart's file, replacing those there are, and fills them.
 * @throws AppError MART_DAMAGED where the registry does not fit its schema: it could not be read back
 */
export async function writeRegistry(writer: DuckDbWriter, registry: Registry): Promise<void> {
  const { stamp } = checked(registry);
  const fill = async (table: TableName, rows: Cell[][]) => {
    const columns = Object.entries(tables[table]).map(([name, type]) => `"${name}" ${type}`);
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
 * The registry of the mart that the warehouse has open.
 * @throws AppError MART_DAMAGED where it is missing, of another version, or its content does not fit its hash
 */
export async function readRegistry(warehouse: Readable): Promise<Registry> {
  try {
    const [info, ...more] = await readAll(warehouse, "MART_INFO");
    if (!info || more.length > 0) throw new Error("MART_INFO must have one row");
    if (info.BUILDER_VERSION !== registryFormat) throw new Error("written by another version");
    const requests = (await readAll(warehouse, "REQUEST_REGISTRY")).map((r) => ({
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
      entities: (await readAll(warehouse, "ENTITY_REGISTRY")).map((r) => ({
        name: r.ENTITY,
        plural: r.PLURAL,
        synonyms: json(r.SYNONYMS),
      })),
      tables: (await readAll(warehouse, "TABLE_REGISTRY")).map(toTable),
      features: (await readAll(warehouse, "FEATURE_REGISTRY")).map(toFeature),
      values: (await readAll(warehouse, "VALUE_REGISTRY")).map((r) => ({
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

async function readAll(warehouse: Readable, table: TableName): Promise<Row[]> {
  const names = Object.keys(tables[table]);
  const order = "POSITION" in tables[table] ? " order by POSITION" : "";
  const columns = names.map((name) => `"${name}"`).join(", ");
  const { rows } = await warehouse.query(`select ${columns} from ${table}${order}`);
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
