import { z } from "zod";
import { type Plan, type PlannedColumn, storedColumn } from "@/lib/feature-set/plan";
import { derivationSchema } from "@/lib/registry/schema";
import { aggregationRules, columnTypes, type Registry } from "@/lib/registry/types";
import type { ParquetFile } from "@/lib/warehouse";

/** One column of an exported matrix: what it means and where its values come from. */
export const columnLineageSchema = z.object({
  name: z.string(),
  role: z.enum(["key", "time", "carried", "feature", "stamp"]),
  type: z.enum(columnTypes),
  description: z.string(),
  unit: z.string().nullable(),
  windowDays: z.number().nullable(),
  /** The stored column that the values come from; null for the stamp. */
  source: z.object({ table: z.string(), column: z.string() }).nullable(),
  /** How they are computed from it, where they are not its own. */
  derived: derivationSchema.optional(),
  /** For instance `SELLERS.CITY_ID → CITIES.CITY_ID`; empty for the spine's own columns. */
  path: z.array(z.string()),
  cardinality: z.enum(["one_to_one", "many_to_one", "aggregated", "point_in_time"]).nullable(),
  aggregation: z.enum(aggregationRules).nullable(),
  weight: z.string().nullable(),
  nulls: z.number().int().nonnegative(),
  /** 0…1; 0 for a matrix without rows. */
  nullRate: z.number().min(0).max(1),
  pii: z.boolean(),
  owner: z.string().nullable(),
});

export type ColumnLineage = z.infer<typeof columnLineageSchema>;

/** Every column of the written file, in its order. */
export function lineageOf(plan: Plan, registry: Registry, file: ParquetFile): ColumnLineage[] {
  const planned = new Map(plan.columns.map((column) => [column.name, column]));
  return file.columns.map(({ name, type, nullCount }) => {
    const column = planned.get(name);
    const nulls = { nulls: nullCount, nullRate: file.rows === 0 ? 0 : nullCount / file.rows };
    return {
      name,
      type,
      ...(column ? fromPlan(column, plan, registry) : ofStamp),
      ...nulls,
    };
  });
}

function fromPlan(column: PlannedColumn, plan: Plan, registry: Registry) {
  const { table, column: name } = column.source;
  const feature = registry.features.find((one) => one.table === table && one.name === name);
  const join = plan.joins.find(({ id }) => id === column.join);
  return {
    role: column.role,
    description: feature?.description ?? "",
    unit: feature?.unit ?? null,
    windowDays: feature?.windowDays ?? null,
    source: { table, column: storedColumn(column) },
    ...(column.derived && { derived: column.derived }),
    path: (join?.path ?? []).map(({ from, to }) => `${place(from)} → ${place(to)}`),
    cardinality: join?.cardinality ?? null,
    aggregation: column.aggregation,
    weight: column.weight,
    pii: feature?.pii ?? false,
    owner: feature?.owner ?? null,
  };
}

const ofStamp = {
  role: "stamp" as const,
  description: "The version of the mart that the row was built from",
  unit: null,
  windowDays: null,
  source: null,
  path: [],
  cardinality: null,
  aggregation: null,
  weight: null,
  pii: false,
  owner: null,
};

function place({ table, columns }: { table: string; columns: string[] }): string {
  return columns.map((column) => `${table}.${column}`).join(" + ");
}
