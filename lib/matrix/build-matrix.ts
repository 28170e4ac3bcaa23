import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/errors";
import { type FeatureSet, type Plan, planHash, resolveFeatureSet, sha256 } from "@/lib/feature-set";
import { assembleReport, type FilterReport, type QualityReport } from "@/lib/quality";
import type { ColumnType, Registry } from "@/lib/registry/types";
import { type CompiledPlan, compilePlan, dialects } from "@/lib/sql";
import { type Cell, type Dialect, quoteName, quoteText, type Warehouse } from "@/lib/warehouse";
import { countDuplicates, countFilters } from "./probes";
import { readSpineColumns } from "./spine-columns";

export interface MatrixResult {
  plan: Plan;
  planHash: string;
  /** The same matrix in both dialects; the warehouse's own is what ran. */
  sql: Record<Dialect, string>;
  /** SHA-256 of the text in the warehouse's own dialect. */
  sqlHash: string;
  report: QualityReport;
  /** At most 50 rows, without the audit columns. */
  preview: { columns: { name: string; type: ColumnType }[]; rows: Cell[][] };
  /** In the scratch folder: the matrix and, after its columns, the audit columns. The caller deletes it. */
  parquetPath: string;
}

const previewRows = 50;

/**
 * Resolves a feature set, holds every right-hand table to its declared grain, runs the join and reports on it. The matrix
 * has exactly the rows asked for.
 * @throws AppError what {@link resolveFeatureSet} throws; GRAIN_FALSE with a counter-example; EMPTY_SPINE with what each
 *   filter kept; QUERY_FAILED, QUERY_CANCELLED
 */
export async function buildMatrix(input: {
  featureSet: FeatureSet;
  registry: Registry;
  warehouse: Warehouse;
  /** One that the warehouse may write to. */
  scratchDirectory: string;
  signal?: AbortSignal;
}): Promise<MatrixResult> {
  const { featureSet, registry, warehouse, signal } = input;
  const started = performance.now();
  const spineColumns = await readSpineColumns(featureSet, registry, warehouse, signal);
  const plan = resolveFeatureSet(featureSet, registry, { spineColumns });
  const compiled = compilePlan(plan, warehouse.dialect);
  requireFits(plan, compiled, warehouse.dialect);

  const rightDuplicates = await countDuplicates(compiled.duplicates, warehouse, signal);
  const filters = await countFilters(plan, compiled.filterProbeSql, warehouse, signal);
  if (filters.kept === 0) throw emptySpine(plan, filters.reports);
  const probed = performance.now();

  const parquetPath = path.join(input.scratchDirectory, `matrix-${randomUUID()}.parquet`);
  try {
    const file = await warehouse.writeParquet(compiled.auditSql, parquetPath, { signal });
    if (file.rows === 0) throw emptySpine(plan, filters.reports);
    const written = performance.now();
    const preview = await readPreview(plan, compiled, parquetPath, warehouse, signal);
    const seconds = {
      probes: (probed - started) / 1000,
      write: (written - probed) / 1000,
      total: (performance.now() - started) / 1000,
    };
    const probes = { rightDuplicates, filters: filters.reports };
    return {
      plan,
      planHash: planHash(plan),
      sql: inBothDialects(plan, compiled, warehouse.dialect),
      sqlHash: sha256(compiled.matrixSql),
      report: assembleReport(plan, file, compiled.audit, probes, seconds),
      preview,
      parquetPath,
    };
  } catch (thrown) {
    await rm(parquetPath, { force: true });
    throw thrown;
  }
}

function requireFits(plan: Plan, { auditSql }: CompiledPlan, dialect: Dialect): void {
  const most = dialects[dialect].maxStatementBytes;
  const bytes = Buffer.byteLength(auditSql);
  if (most === null || bytes <= most) return;
  throw new AppError(
    "FEATURE_SET_INVALID",
    `The SQL of these ${plan.columns.length} columns has ${bytes} bytes, and the warehouse takes ${most} at most. Ask for fewer features at once.`,
    { details: { bytes, most } },
  );
}

function inBothDialects(plan: Plan, compiled: CompiledPlan, own: Dialect): Record<Dialect, string> {
  return own === "duckdb"
    ? { duckdb: compiled.matrixSql, snowflake: compilePlan(plan, "snowflake").matrixSql }
    : { duckdb: compilePlan(plan, "duckdb").matrixSql, snowflake: compiled.matrixSql };
}

async function readPreview(
  plan: Plan,
  { audit }: CompiledPlan,
  parquetPath: string,
  warehouse: Warehouse,
  signal: AbortSignal | undefined,
): Promise<MatrixResult["preview"]> {
  const columns = plan.columns.map(({ name }) => quoteName(name)).join(", ");
  const { rows } = await warehouse.queryFiles(
    `SELECT ${columns} FROM read_parquet(${quoteText(parquetPath)}) ORDER BY ${quoteName(audit.rid)} LIMIT ${previewRows}`,
    { signal },
  );
  return { columns: plan.columns.map(({ name, type }) => ({ name, type })), rows };
}

function emptySpine(plan: Plan, filters: FilterReport[]): AppError {
  const emptied = filters.filter(({ kept }) => kept === 0).map(({ label }) => label);
  const counts = filters.map(({ label, kept, population }) => `${label} keeps ${kept} of ${population}`);
  const why =
    filters.length === 0
      ? `${plan.spine.table} has no rows.`
      : emptied.length > 0
        ? `No row fits ${emptied.join(" or ")}.`
        : `No row fits all filters together: ${counts.join("; ")}.`;
  return new AppError("EMPTY_SPINE", `${why} Change the filters; there is no matrix to build.`, {
    details: {
      filters: filters.map(({ label, kept, unknown, population }) => ({ label, kept, unknown, population })),
    },
  });
}
