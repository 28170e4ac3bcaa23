import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { isDatabaseLost } from "@/lib/database-lost";
import { AppError } from "@/lib/errors";
import type { Plan } from "@/lib/feature-set";
import { featureSetHash, planHash, sha256 } from "@/lib/feature-set";
import type { ObjectStore } from "@/lib/objects";
import type { QualityReport } from "@/lib/quality/report";
import type { Registry } from "@/lib/registry/types";
import { unlessStopped } from "@/lib/unless-stopped";
import type { Dialect, Warehouse } from "@/lib/warehouse";
import { contentHashMethod } from "./content-hash";
import { dictionaryCsv } from "./dictionary";
import { lineageOf } from "./lineage";
import { type ExportFile, type Manifest, parseManifest, product } from "./manifest";
import { readingSnippets, type Snippet } from "./snippets";
import { type StampedMatrix, writeStampedMatrix } from "./stamped-matrix";

export interface ExportRequest {
  approvalId: string;
  approvedBy: string;
  /** ISO 8601. */
  approvedAt?: string;
  /** Hash of the question as it was put. */
  questionHash?: string;
  warehouse: Warehouse;
  registry: Registry;
  plan: Plan;
  /** The plan's SQL in every dialect; that of the warehouse is run. */
  sql: Record<Dialect, string>;
  /** Of the matrix that was approved. */
  report: QualityReport;
  store: ObjectStore;
  /** A directory that the warehouse may write to. */
  scratchDirectory: string;
  signal?: AbortSignal;
}

export interface PublishedExport {
  /** Derived from the approval. */
  exportId: string;
  mart: string;
  stamp: string;
  /** The key's beginning that the export's files share in the store. */
  prefix: string;
  rows: number;
  /** With the stamp's. */
  columns: number;
  /** Where a person finds it. */
  destination: string;
  contentHash: string;
  /** Matrix, dictionary, manifest. */
  files: ExportFile[];
  snippets: Snippet[];
  manifest: Manifest;
}

/**
 * Stamps, writes and publishes an approved matrix: parts first, the manifest last. The same approval again gives the first
 * result, whether it was published before, half published by a process that died, or is being published by another.
 * @throws AppError EXPORT_FAILED, which says whether nothing is readable as an export or nobody knows; QUERY_CANCELLED, then
 *   this call published nothing; and what tells of a lost database, after which it may be done again
 */
export async function publishExport(request: ExportRequest): Promise<PublishedExport> {
  const { plan, store, scratchDirectory, registry } = request;
  const { mart, stamp } = plan.featureSet;
  const { exportId, prefix } = placeOf(request);
  const scratch = path.join(scratchDirectory, `export-${exportId}-${randomUUID()}`);
  // By a process that died; after that, by this one.
  let mayBeThere = true;
  try {
    const earlier = await unlessStopped(findPublished(request), request.signal);
    if (earlier) return earlier;
    mayBeThere = false;
    if (registry.mart !== mart || registry.stamp !== stamp) {
      throw new AppError("EXPORT_FAILED", `The open mart is not ${mart} at ${stamp}. Nothing was published.`);
    }
    const matrix = await writeStampedMatrix({
      ...request,
      sql: request.sql[request.warehouse.dialect],
      path: `${scratch}.parquet`,
    });
    requireAsApproved(matrix, request.report);
    const columns = lineageOf(plan, registry, matrix.file);
    if (request.signal?.aborted) throw new AppError("QUERY_CANCELLED");
    await writeFile(`${scratch}.csv`, dictionaryCsv(columns));
    const files = [
      await putPart(request, prefix, "matrix", `${scratch}.parquet`),
      await putPart(request, prefix, "dictionary", `${scratch}.csv`),
    ];
    const manifest = await manifestOf(request, { exportId, matrix, columns, files });
    // The last moment: once the manifest is there, so is the export.
    if (request.signal?.aborted) throw new AppError("QUERY_CANCELLED");
    mayBeThere = true;
    // Of two at once one wins; both then read what was published.
    await store.putIfAbsent(manifestKeyOf(prefix), `${JSON.stringify(manifest, null, 2)}\n`);
    return await readPublished(store, prefix);
  } catch (thrown) {
    throw failureOf(thrown, mayBeThere ? store.locate(prefix) : null);
  } finally {
    await rm(`${scratch}.parquet`, { force: true });
    await rm(`${scratch}.csv`, { force: true });
  }
}

/** The export of an approval, where it is published already. */
export async function findPublished(
  request: Pick<ExportRequest, "store" | "approvalId" | "plan">,
): Promise<PublishedExport | null> {
  const { prefix } = placeOf(request);
  return (await request.store.exists(manifestKeyOf(prefix))) ? readPublished(request.store, prefix) : null;
}

/** @throws AppError NOT_FOUND where no export is complete under the prefix */
export async function readPublished(store: ObjectStore, prefix: string): Promise<PublishedExport> {
  const key = manifestKeyOf(prefix);
  const body = Buffer.from(await store.get(key));
  const manifest = parseManifest(JSON.parse(body.toString("utf8")));
  const matrix = manifest.files.find(({ kind }) => kind === "matrix");
  const sha = createHash("sha256").update(body).digest("hex");
  return {
    exportId: manifest.exportId,
    mart: manifest.mart,
    stamp: manifest.stamp,
    prefix,
    rows: manifest.data.rows,
    columns: manifest.data.columns,
    destination: store.locate(prefix),
    contentHash: manifest.data.contentHash,
    files: [
      ...manifest.files,
      { kind: "manifest", name: "manifest.json", key, bytes: body.length, sha256: sha },
    ],
    snippets: matrix ? readingSnippets(store.locate(matrix.key)) : [],
    manifest,
  };
}

/** Where in the store the export of an approval is, or would be. */
export function exportPrefixOf(of: Pick<ExportRequest, "approvalId" | "plan">): string {
  return placeOf(of).prefix;
}

/** The same for the same approval. */
function placeOf({ approvalId, plan }: Pick<ExportRequest, "approvalId" | "plan">) {
  const { mart, stamp } = plan.featureSet;
  const exportId = sha256(`export of approval ${approvalId}`).slice(0, 24);
  return { exportId, prefix: `exports/${mart}/${stamp}/${exportId}` };
}

function manifestKeyOf(prefix: string): string {
  return `${prefix}/manifest.json`;
}

/** @param place where the export may be for all that is known here; null where it is not */
function failureOf(thrown: unknown, place: string | null): unknown {
  if (isDatabaseLost(thrown)) return thrown;
  if (thrown instanceof AppError && ["EXPORT_FAILED", "QUERY_CANCELLED"].includes(thrown.code)) return thrown;
  // What failed says what to correct.
  const why = thrown instanceof AppError ? thrown.message : "The export could not be written.";
  const outcome =
    place === null
      ? "Nothing was published."
      : `It may have been published all the same: look for manifest.json in ${place} before you ask for it again.`;
  return new AppError("EXPORT_FAILED", `${why} ${outcome}`, { cause: thrown });
}

const partNames = { matrix: ["matrix", ".parquet"], dictionary: ["dictionary", ".csv"] } as const;

/**
 * A part's key holds its hash: a second writer of the same export overwrites a part only with the same bytes, so that the
 * manifest that wins always names files that fit it.
 */
async function putPart(
  { store, signal }: Pick<ExportRequest, "store" | "signal">,
  prefix: string,
  kind: keyof typeof partNames,
  file: string,
): Promise<ExportFile> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  const sha = hash.digest("hex");
  const [name, ending] = partNames[kind];
  const key = `${prefix}/${name}-${sha.slice(0, 16)}${ending}`;
  await unlessStopped(store.putFile(key, file, signal), signal);
  return { kind, name: `${name}${ending}`, key, bytes: (await stat(file)).size, sha256: sha };
}

/** The mart of a stamp does not change; if it was built again all the same, the person approved another matrix. */
function requireAsApproved({ file }: StampedMatrix, report: QualityReport) {
  const nulls = new Map(file.columns.map(({ name, nullCount }) => [name, nullCount]));
  const changed = report.nulls.filter((known) => nulls.get(known.column) !== known.nulls);
  if (file.rows !== report.rows || changed.length > 0) {
    throw new AppError(
      "EXPORT_FAILED",
      "The mart has changed since this matrix was approved. Build the matrix again and approve that. Nothing was published.",
      {
        details: {
          approvedRows: report.rows,
          rows: file.rows,
          columns: changed.slice(0, 10).map((c) => c.column),
        },
      },
    );
  }
}

async function manifestOf(
  request: ExportRequest,
  made: { exportId: string; matrix: StampedMatrix; columns: Manifest["columns"]; files: ExportFile[] },
): Promise<Manifest> {
  const { plan, sql, warehouse, registry, report } = request;
  const { featureSet } = plan;
  const { matrix, ...parts } = made;
  return {
    version: 1,
    product,
    mart: featureSet.mart,
    stamp: featureSet.stamp,
    createdAt: new Date().toISOString(),
    featureSet,
    featureSetHash: featureSetHash(featureSet),
    plan,
    planHash: planHash(plan),
    sql: {
      duckdb: { text: sql.duckdb, hash: sha256(sql.duckdb) },
      snowflake: { text: sql.snowflake, hash: sha256(sql.snowflake) },
    },
    data: {
      rows: matrix.file.rows,
      columns: matrix.file.columns.length,
      stampColumn: matrix.stampColumn,
      contentHash: matrix.contentHash,
      contentHashMethod,
    },
    ...parts,
    report,
    approval: {
      id: request.approvalId,
      by: request.approvedBy,
      at: request.approvedAt ?? null,
      questionHash: request.questionHash ?? null,
    },
    engine: { name: warehouse.dialect, version: await warehouse.version() },
    registryHash: registry.contentHash,
  };
}
