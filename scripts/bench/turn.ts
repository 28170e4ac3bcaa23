import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import path from "node:path";
import { dayLedger } from "@/agents/language-model";
import { searchOf } from "@/agents/open-turn";
import type { ApprovalPart } from "@/agents/parts";
import { ensureFirstStamp } from "@/agents/pipeline";
import { rankTables } from "@/agents/rank-tables";
import type { PersonMessage } from "@/agents/read-message";
import { allRunsSettled, followRun, start } from "@/agents/run";
import { proposedGroups } from "@/agents/typed-answer";
import { ensureDatabase, leaveDatabase } from "@/db/ensure-database";
import { migrate } from "@/db/migrate";
import { createConversation } from "@/db/queries";
import { terminalViewer } from "@/lib/auth";
import { config } from "@/lib/config";
import { addGroups, proposeGroups } from "@/lib/engineer";
import { resolveFeatureSet } from "@/lib/feature-set";
import { localModel } from "@/lib/language-model";
import { closeMarts, openMart } from "@/lib/mart";
import { buildMatrix } from "@/lib/matrix";
import { applyRequest, createPlanner } from "@/lib/planner";
import { compilePlan } from "@/lib/sql";

const request =
  "Build a feature matrix for seller prioritisation: sellers in Mumbai and Pune, geo and engagement features, the last 90 days of clickstream, city demographics and LLM location scores. Exclude PII.";
const martName = "auto-marketplace";
const repetitions = 5;

/**
 * Where the time of a turn goes: each step of the main example alone, then the turn as a person has it, beside the least that
 * it could cost: the engine writing the same matrix from the same SQL. Medians of five, after one that is not counted.
 */
export async function benchTurn(): Promise<void> {
  await ensureDatabase();
  await migrate();
  await ensureFirstStamp(await terminalViewer(config().dataDir), martName);
  try {
    const steps = await timeSteps();
    const turn = await timeTurns();
    const bare = steps.get("(the bare engine: COPY of the same SQL)") ?? 1;
    console.log("The first answer: plan, tables, SQL, matrix, report, proposal");
    for (const [name, milliseconds] of steps) {
      console.log(
        `${milliseconds.toFixed(0).padStart(7)} ms  ${(milliseconds / bare).toFixed(2).padStart(6)} ×  ${name}`,
      );
    }
    for (const [name, milliseconds] of turn) {
      console.log(
        `${milliseconds.toFixed(0).padStart(7)} ms  ${(milliseconds / bare).toFixed(2).padStart(6)} ×  ${name}`,
      );
    }
    console.log("× is the ratio to the bare engine in the same run.");
  } finally {
    await allRunsSettled();
    await closeMarts();
    await leaveDatabase();
  }
}

async function timeSteps(): Promise<Map<string, number>> {
  const mart = await openMart(martName);
  const { registry, warehouse, scratchDirectory } = mart;
  const search = await searchOf(mart);
  const planner = createPlanner(localModel(config().planner, dayLedger("bench")));
  const samples = new Map<string, number[]>();
  const timed = async <T>(name: string, work: () => Promise<T> | T): Promise<T> => {
    const startedAt = performance.now();
    const result = await work();
    samples.set(name, [...(samples.get(name) ?? []), performance.now() - startedAt]);
    return result;
  };
  for (let repetition = 0; repetition <= repetitions; repetition += 1) {
    if (repetition === 1) samples.clear();
    const planned = await timed("plan the request", () =>
      planner.plan(request, { registry, search, featureSet: null }),
    );
    const { featureSet } = await timed("write the feature set", () =>
      applyRequest({ request: planned.request, featureSet: null, registry }),
    );
    await timed("rank tables", () => rankTables({ request: planned.request, featureSet, registry, search }));
    const plan = await timed("resolve the plan", () => resolveFeatureSet(featureSet, registry));
    const compiled = await timed("compile both dialects", () => {
      compilePlan(plan, "snowflake");
      return compilePlan(plan, "duckdb");
    });
    const matrix = await timed("build the matrix: probes, write, report, preview", () =>
      buildMatrix({ featureSet, registry, warehouse, scratchDirectory }),
    );
    await rm(matrix.parquetPath, { force: true });
    await timed("propose enrichment", () => proposeGroups({ plan, registry, warehouse }));
    const file = path.join(scratchDirectory, `bench-${randomUUID()}.parquet`);
    await timed("(the bare engine: COPY of the same SQL)", () =>
      warehouse.writeParquet(compiled.matrixSql, file),
    );
    await rm(file, { force: true });
    if (repetition === 0) {
      const groups = await proposeGroups({ plan, registry, warehouse });
      const wide = resolveFeatureSet(addGroups(featureSet, groups), registry);
      console.log(
        `${plan.columns.length} columns first, ${wide.columns.length} after enrichment; ${matrix.report.rows} rows`,
      );
    }
  }
  return medians(samples);
}

/** The whole turn through the same door as the browser's: graph, checkpoints, messages and events included. */
async function timeTurns(): Promise<Map<string, number>> {
  const viewer = await terminalViewer(config().dataDir);
  const samples = new Map<string, number[]>();
  for (let repetition = 0; repetition <= repetitions; repetition += 1) {
    if (repetition === 1) samples.clear();
    const { id } = await createConversation(viewer, { title: "bench", mart: martName });
    let message: PersonMessage = { id: randomUUID(), parts: [{ type: "text", text: request }] };
    for (const name of [
      "the turn to its first question",
      "the wider matrix to the export's question",
      "the export",
    ]) {
      const startedAt = performance.now();
      const approval = await answer(viewer, id, message);
      samples.set(name, [...(samples.get(name) ?? []), performance.now() - startedAt]);
      if (!approval) break;
      const data = {
        approvalId: approval.approvalId,
        decision: "approve" as const,
        answers: {},
        groups: proposedGroups(approval),
      };
      message = { id: randomUUID(), parts: [{ type: "data-decision", data }] };
    }
  }
  return medians(samples);
}

async function answer(
  viewer: Awaited<ReturnType<typeof terminalViewer>>,
  conversationId: string,
  message: PersonMessage,
): Promise<ApprovalPart | null> {
  const { runId } = await start(viewer, { conversationId, message });
  let approval: ApprovalPart | null = null;
  const { signal } = new AbortController();
  for await (const { chunk } of followRun(viewer, runId, { after: 0, signal })) {
    if (chunk.type === "data-approval") approval = chunk.data;
  }
  return approval;
}

function medians(samples: Map<string, number[]>): Map<string, number> {
  return new Map(
    [...samples].map(([name, values]) => [
      name,
      values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0,
    ]),
  );
}
