import { rm } from "node:fs/promises";
import { getFeatureSet, saveResult } from "@/db/queries";
import { AppError } from "@/lib/errors";
import { sha256 } from "@/lib/feature-set";
import { count, plural } from "@/lib/figures";
import type { Mart } from "@/lib/mart";
import { buildMatrix, type MatrixResult } from "@/lib/matrix";
import { questionFor } from "@/lib/planner";
import { otherDialect } from "@/lib/sql";
import { entityWords } from "./entity-words";
import { previewsOf } from "./forget-conversation";
import { runWarehouse } from "./run-warehouse";
import type { State, Update } from "./state";
import { type NodeConfig, sendPart, turn, withProgress } from "./turn";

/** Resolves the feature set, writes and runs the join, and reports how good it is. */
export async function fetchData(state: State, config: NodeConfig): Promise<Update> {
  const { viewer, conversationId, runId, mart, store, signal } = turn(config);
  if (!state.featureSetHash) throw new Error("fetchData was reached without a feature set.");
  const featureSet = await getFeatureSet(viewer, conversationId, state.featureSetHash);

  try {
    const matrix = await withProgress(
      config,
      "fetch",
      "Writing and running the join",
      (tell) =>
        buildMatrix({
          featureSet,
          registry: mart.registry,
          warehouse: runWarehouse(config, tell),
          scratchDirectory: mart.scratchDirectory,
          signal,
        }),
      (error) => error instanceof AppError && questionFor(error, featureSet, mart.registry) !== null,
    );
    // Exports are written anew from the plan; the scratch file has done its work.
    await rm(matrix.parquetPath, { force: true });
    const preview = JSON.stringify(matrix.preview);
    // By content: a mart that was built again gives other rows for the same plan.
    const previewKey = `${previewsOf(conversationId)}/${sha256(preview).slice(0, 32)}.json`;
    await store.putIfAbsent(previewKey, preview);
    const resultId = await saveResult(viewer, {
      conversationId,
      runId,
      payload: {
        martBuild: mart.build,
        planHash: matrix.planHash,
        plan: matrix.plan,
        sql: matrix.sql,
        sqlHash: matrix.sqlHash,
        report: matrix.report,
        previewKey,
      },
    });
    show(config, matrix, resultId, mart);
    return { resultId, questions: [] };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "QUERY_CANCELLED") throw error;
    const question = questionFor(error, featureSet, mart.registry);
    if (question) return { questions: [question], resultId: null };
    if (error.status >= 500) throw error;
    sendPart(config, "notice", { level: "warning", text: error.message, code: error.code });
    return { questions: [], resultId: null, remarks: [...state.remarks, "No matrix was built."] };
  }
}

function show(config: NodeConfig, matrix: MatrixResult, resultId: string, mart: Mart): void {
  const { plan, sql, sqlHash, report } = matrix;
  const { registry, warehouse } = mart;
  const other = otherDialect(warehouse.dialect);
  sendPart(config, "sql", {
    title: `${plural(report.features, "feature", "features")} of ${plural(plan.featureSet.selections.length, "table", "tables")}`,
    dialect: warehouse.dialect,
    sql: sql[warehouse.dialect],
    hash: sqlHash,
    other: { dialect: other, sql: sql[other] },
  });
  sendPart(config, "result", {
    resultId,
    title: `Matrix of ${count(report.rows)} ${entityWords(registry, plan.spine.entity, report.rows)}`,
    stamp: plan.featureSet.stamp,
    keys: plan.columns.filter(({ role }) => role === "key" || role === "time").map(({ name }) => name),
    report,
  });
}
