import { randomUUID } from "node:crypto";
import { copyFile, rm } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/errors";
import { featureSetHash, planHash, resolveFeatureSet, sha256 } from "@/lib/feature-set";
import { readSpineColumns } from "@/lib/matrix/spine-columns";
import type { Registry } from "@/lib/registry/types";
import { compilePlan } from "@/lib/sql";
import type { Warehouse } from "@/lib/warehouse";
import { type Manifest, parseManifest } from "./manifest";
import { type StampedMatrix, writeStampedMatrix } from "./stamped-matrix";

export interface Replay {
  /** The new Parquet file. */
  path: string;
  mart: string;
  stamp: string;
  rows: number;
  /** With the stamp's. */
  columns: number;
  /** Equal to the manifest's. */
  contentHash: string;
  /** What is not as it was and made no difference to the data: a newer engine, another registry. */
  notes: string[];
}

/**
 * Makes an export's data again and holds them against its manifest. The manifest may be a stranger's: of it only the checked
 * feature set is used, resolved and compiled anew; its SQL is never run.
 * @throws AppError BAD_INPUT for what is no manifest; REPLAY_MISMATCH with `details.differences`, then no file is left;
 *   MART_UNKNOWN; and what resolving and running throw
 */
export async function replayManifest(options: {
  /** As parsed from JSON. */
  manifest: unknown;
  openMart: (
    name: string,
    options: { stamp: string },
  ) => Promise<{ registry: Registry; warehouse: Warehouse; scratchDirectory: string }>;
  /** Where the new file goes; into the mart's scratch directory when absent. */
  out?: string;
  signal?: AbortSignal;
}): Promise<Replay> {
  const { openMart, out, signal } = options;
  const manifest = parseManifest(options.manifest);
  refuse(manifest, editsOf(manifest));
  const { featureSet } = manifest;
  const { registry, warehouse, scratchDirectory } = await openMart(featureSet.mart, {
    stamp: featureSet.stamp,
  });
  const spineColumns = await readSpineColumns(featureSet, registry, warehouse, signal);
  const plan = resolveFeatureSet(featureSet, registry, { spineColumns });
  const scratch = path.join(scratchDirectory, `replay-${randomUUID()}.parquet`);
  let kept = false;
  try {
    const sql = compilePlan(plan, warehouse.dialect).matrixSql;
    const matrix = await writeStampedMatrix({ warehouse, plan, sql, path: scratch, signal });
    const notes = [
      ...(registry.contentHash === manifest.registryHash ? [] : ["the mart's registry has changed"]),
      ...(planHash(plan) === manifest.planHash ? [] : ["the feature set now resolves to another plan"]),
      ...(await engineNote(manifest, warehouse)),
    ];
    const differences = differencesOf(manifest, matrix);
    refuse(manifest, differences.length > 0 ? [...differences, ...notes] : []);
    if (out) await copyFile(scratch, out);
    kept = !out;
    return {
      path: out ?? scratch,
      mart: featureSet.mart,
      stamp: featureSet.stamp,
      rows: matrix.file.rows,
      columns: matrix.file.columns.length,
      contentHash: matrix.contentHash,
      notes,
    };
  } finally {
    if (!kept) await rm(scratch, { force: true });
  }
}

/** What in the manifest does not fit its own hashes. */
function editsOf(manifest: Manifest): string[] {
  const { featureSet, plan, sql } = manifest;
  return [
    ...(featureSetHash(featureSet) === manifest.featureSetHash &&
    featureSet.mart === manifest.mart &&
    featureSet.stamp === manifest.stamp
      ? []
      : ["the manifest's feature set was edited"]),
    ...(planHash(plan) === manifest.planHash ? [] : ["the manifest's plan was edited"]),
    ...([sql.duckdb, sql.snowflake].every(({ text, hash }) => sha256(text) === hash)
      ? []
      : ["the manifest's SQL was edited"]),
  ];
}

function differencesOf({ data, columns }: Manifest, { file, contentHash }: StampedMatrix): string[] {
  if (contentHash === data.contentHash && file.rows === data.rows) return [];
  const before = new Map(columns.map((column) => [column.name, column]));
  const now = new Map(file.columns.map((column) => [column.name, column]));
  const gone = columns.filter(({ name }) => !now.has(name)).map(({ name }) => name);
  const added = file.columns.filter(({ name }) => !before.has(name)).map(({ name }) => name);
  const retyped = file.columns.filter(({ name, type }) => (before.get(name)?.type ?? type) !== type);
  const nulls = file.columns.filter(
    ({ name, nullCount }) => (before.get(name)?.nulls ?? nullCount) !== nullCount,
  );
  return [
    ...(file.rows === data.rows ? [] : [`${file.rows} rows instead of ${data.rows}`]),
    ...named("columns that are gone", gone),
    ...named("columns that are new", added),
    ...named(
      "columns of another type",
      retyped.map(({ name }) => name),
    ),
    ...named(
      "columns with another number of nulls",
      nulls.map(({ name }) => name),
    ),
    "another content hash",
  ];
}

function named(what: string, names: string[]): string[] {
  if (names.length === 0) return [];
  return [
    `${what}: ${names.slice(0, 5).join(", ")}${names.length > 5 ? ` and ${names.length - 5} more` : ""}`,
  ];
}

async function engineNote({ engine }: Manifest, warehouse: Warehouse): Promise<string[]> {
  const now = `${warehouse.dialect} ${await warehouse.version()}`;
  const then = `${engine.name} ${engine.version}`;
  return now === then ? [] : [`the engine is ${now}, was ${then}`];
}

function refuse({ exportId }: Manifest, differences: string[]) {
  if (differences.length === 0) return;
  throw new AppError(
    "REPLAY_MISMATCH",
    `The replayed data differ from the manifest: ${differences.join("; ")}.`,
    {
      details: { exportId, differences },
    },
  );
}
