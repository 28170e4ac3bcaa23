import type { Plan } from "@/lib/feature-set";
import { featureSetHash, planHash as hashOfPlan, sha256 } from "@/lib/feature-set";
import { compilePlan } from "@/lib/sql";
import type { ParquetFile, Warehouse } from "@/lib/warehouse";
import { contentHash } from "./content-hash";
import { product } from "./manifest";

export interface StampedMatrix {
  file: ParquetFile;
  stampColumn: string;
  contentHash: string;
}

/**
 * Has the engine write the plan's columns, in order, and the stamp on every row. `sql` is the plan's own and gives its rows
 * in the spine's order; the file has that order too, whatever the engine does on the way, since the content hash counts it.
 */
export async function writeStampedMatrix(options: {
  warehouse: Warehouse;
  plan: Plan;
  sql: string;
  path: string;
  signal?: AbortSignal;
}): Promise<StampedMatrix> {
  const { warehouse, plan, sql, path, signal } = options;
  const { mart, stamp } = plan.featureSet;
  const stampColumn = freeName(plan.columns.map(({ name }) => name));
  const { matrixSql, numberedSql, audit } = compilePlan(plan, warehouse.dialect);
  // What was approved under an earlier version of this app may be written otherwise, and is then run as it was.
  const isNumbered = matrixSql === sql;
  const file = await warehouse.writeParquet(isNumbered ? numberedSql : sql, path, {
    signal,
    constants: { [stampColumn]: stamp },
    ...(isNumbered ? { rowNumber: audit.rid } : {}),
    // No time and no chance in here: the same matrix is the same file.
    metadata: {
      product,
      mart,
      stamp,
      feature_set_hash: featureSetHash(plan.featureSet),
      plan_hash: hashOfPlan(plan),
      sql_hash: sha256(sql),
    },
  });
  return { file, stampColumn, contentHash: await contentHash(warehouse, file, signal) };
}

function freeName(taken: string[]): string {
  const names = new Set(taken.map((name) => name.toUpperCase()));
  let name = "STAMP";
  for (let count = 1; names.has(name); count++)
    name = count === 1 ? "FEATURE_STAMP" : `FEATURE_STAMP_${count}`;
  return name;
}
