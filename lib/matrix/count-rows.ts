import { type FeatureSet, resolveFeatureSet, sha256 } from "@/lib/feature-set";
import type { FilterReport } from "@/lib/quality";
import type { Registry } from "@/lib/registry/types";
import { compilePlan, otherDialect } from "@/lib/sql";
import type { Warehouse } from "@/lib/warehouse/port";
import { countDuplicates, countFilters } from "./probes";
import { readSpineColumns } from "./spine-columns";

/**
 * How many rows a feature set's spine has under its filters: "how many sellers are in Pune?". Its selections are not read.
 * @throws AppError as {@link import("./build-matrix").buildMatrix} does, but for EMPTY_SPINE: none is an answer
 */
export async function countRows(input: {
  featureSet: FeatureSet;
  registry: Registry;
  warehouse: Warehouse;
  signal?: AbortSignal;
}): Promise<{ rows: number; filters: FilterReport[]; sql: string; sqlHash: string; otherSql: string }> {
  const { registry, warehouse, signal } = input;
  const featureSet = { ...input.featureSet, selections: [] };
  const spineColumns = await readSpineColumns(featureSet, registry, warehouse, signal);
  const plan = resolveFeatureSet(featureSet, registry, { allowEmpty: true, spineColumns });
  const compiled = compilePlan(plan, warehouse.dialect);
  await countDuplicates(compiled.duplicates, warehouse, signal);
  const { rows } = await warehouse.query(compiled.countSql, { signal });
  const { reports } = await countFilters(plan, compiled.filterProbeSql, warehouse, signal);
  return {
    rows: Number(rows[0]?.[0]),
    filters: reports,
    sql: compiled.countSql,
    sqlHash: sha256(compiled.countSql),
    otherSql: compilePlan(plan, otherDialect(warehouse.dialect)).countSql,
  };
}
