"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { cancelPipelineRun, rerunPipelineFrom, startPipelineRun } from "@/agents/pipeline";
import type { RunActionResult } from "@/components/pipeline/types";
import { AppError, toAppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { stepNames } from "@/lib/pipeline/steps";
import { currentOperator } from "./operator";

const idSchema = z.string().min(1).max(64);
const startSchema = z.strictObject({ mart: z.string().min(1).max(64), stamp: z.string().trim().max(20) });
const rerunSchema = z.strictObject({ runId: idSchema, step: z.enum(stepNames) });

/** Queues a run of a stamp. Where one is under way already, the refusal names it. */
export async function startRun(mart: string, stamp: string): Promise<RunActionResult> {
  return attempt(async () => startPipelineRun(await currentOperator(), read(startSchema, { mart, stamp })));
}

/** Asks a run to stop; one that is over stays as it is. */
export async function cancelRun(runId: string): Promise<RunActionResult> {
  return attempt(async () => cancelPipelineRun(await currentOperator(), read(idSchema, runId)));
}

/** Queues a new run of the same stamp from a step on. */
export async function rerunFrom(runId: string, step: string): Promise<RunActionResult> {
  return attempt(async () => {
    const asked = read(rerunSchema, { runId, step });
    return rerunPipelineFrom(await currentOperator(), asked.runId, asked.step);
  });
}

/** An action's own errors are hidden from the browser in production, so what a person may read is returned. */
async function attempt(work: () => Promise<{ id: string }>): Promise<RunActionResult> {
  try {
    const { id } = await work();
    revalidatePath("/pipeline", "layout");
    return { ok: true, runId: id };
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.status >= 500) log.error("pipeline action failed", { error });
    const { runId } = error.details;
    if (typeof runId !== "string") return { ok: false, message: error.message };
    // A page that asked for what is under way already does not show that run yet.
    revalidatePath("/pipeline", "layout");
    return { ok: false, message: error.message, runId };
  }
}

/** @throws AppError BAD_INPUT */
function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) throw new AppError("BAD_INPUT");
  return result.data;
}
