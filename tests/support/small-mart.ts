import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { FeatureSet } from "@/lib/feature-set";
import type { ColumnType, Feature, FeatureTable, Registry } from "@/lib/registry/types";
import { type Cell, openDuckDbWarehouse, openDuckDbWriter, quoteName, type Warehouse } from "@/lib/warehouse";

/** One table of a mart for tests: declared in a few words, with its rows. */
export interface SmallTable {
  name: string;
  entity?: string;
  kind?: FeatureTable["kind"];
  grain: string[];
  keys: FeatureTable["keys"];
  eventTime?: string;
  createdTime?: string;
  ttlSeconds?: number;
  /** Absent from the registry: rows that a person gives. */
  unregistered?: boolean;
  columns: Record<string, ColumnType | ({ type: ColumnType } & Partial<Feature>)>;
  /** By column name; a column left out is NULL. */
  rows: Record<string, Cell>[];
}

export interface SmallMart {
  registry: Registry;
  warehouse: Warehouse;
  scratchDirectory: string;
  close(): Promise<void>;
}

const sqlTypes: Record<ColumnType, string> = {
  integer: "BIGINT",
  float: "DOUBLE",
  decimal: "DECIMAL(18, 4)",
  text: "VARCHAR",
  boolean: "BOOLEAN",
  date: "DATE",
  timestamp: "TIMESTAMP",
};

export async function openSmallMart(tables: SmallTable[], asOf = "2026-01-01T00:00:00Z"): Promise<SmallMart> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "small-mart-"));
  const file = path.join(folder, "mart.duckdb");
  const writer = await openDuckDbWriter(file, { threads: 1, memoryLimit: "512MB" });
  for (const table of tables) {
    const columns = Object.entries(table.columns).filter(([, column]) => !isDerived(column));
    const types = columns.map(([name, column]) => `${quoteName(name)} ${sqlTypes[typeOf(column)]}`);
    await writer.run(`CREATE TABLE ${quoteName(table.name)} (${types.join(", ")})`);
    await writer.appendRows(
      table.name,
      table.rows.map((row) => columns.map(([name]) => row[name] ?? null)),
    );
  }
  await writer.close();
  const warehouse = await openDuckDbWarehouse({ path: file, writableDirectories: [folder], threads: 2 });
  return {
    registry: smallRegistry(tables, asOf),
    warehouse,
    scratchDirectory: folder,
    close: async () => {
      await warehouse.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function smallRegistry(tables: SmallTable[], asOf = "2026-01-01T00:00:00Z"): Registry {
  const registered = tables.filter((table) => !table.unregistered);
  return {
    mart: "small",
    title: "Small",
    stamp: "v2026.01",
    asOf,
    tables: registered.map(({ columns: _, rows, ...table }) => ({
      description: table.name,
      entity: table.entity ?? table.keys[0]?.entity ?? "",
      kind: "feature",
      rowCount: rows.length,
      owner: "tests",
      stamp: "v2026.01",
      synonyms: [],
      ...table,
    })),
    features: registered.flatMap((table) =>
      Object.entries(table.columns).map(([name, column]) => ({
        table: table.name,
        name,
        description: name,
        family: "tests",
        isKey: table.keys.some((key) => key.columns.includes(name)),
        pii: false,
        owner: "tests",
        nullRate: 0,
        distinctCount: 0,
        ...(typeof column === "string" ? { type: column } : column),
      })),
    ),
    values: [],
    entities: [],
    contentHash: "tests",
  };
}

/** A feature set over a small mart: the population of an entity, unless something else is said. */
export function smallFeatureSet(entity: string, changes: Partial<FeatureSet> = {}): FeatureSet {
  return {
    version: 1,
    mart: "small",
    stamp: "v2026.01",
    spine: { kind: "population", entity, asOf: null },
    filters: [],
    selections: [],
    alignment: { boundary: "inclusive", knownAt: false, delaySeconds: 0 },
    names: "short",
    excludePii: false,
    ...changes,
  };
}

/** Computed for each row: the table has no such column. */
function isDerived(column: SmallTable["columns"][string]): boolean {
  return typeof column !== "string" && column.derived !== undefined;
}

function typeOf(column: SmallTable["columns"][string]): ColumnType {
  return typeof column === "string" ? column : column.type;
}
