import { AppError } from "@/lib/errors";
import { askModel, type ChatTurn, type ModelSettings, strictJsonSchema } from "@/lib/language-model";
import { log } from "@/lib/log";
import { offlinePlanner } from "../offline/planner";
import type { Planner, PlannerContext } from "../port";
import { type PlannedRequest, requestSchema } from "../schema";
import { checkAnswer } from "./check-request";
import { instructions } from "./instructions";
import { renderContext } from "./render-context";

const maxRepairs = 2;

/**
 * A planner that asks a language model and believes nothing it says: its answer is checked against the registry, sent back
 * with what is wrong at most twice, and then the offline planner takes over, with a notice that says so.
 */
export function openAiPlanner(settings: ModelSettings): Planner {
  const offline = offlinePlanner();
  return {
    name: `openai:${settings.model}`,
    async plan(message, context) {
      try {
        return { request: await planWithModel(message, context, settings), notices: [] };
      } catch (error) {
        if (!(error instanceof AppError) || !error.code.startsWith("PLANNER_")) throw error;
        log.warn("planner fell back", { model: settings.model, error });
        const { request } = await offline.plan(message, context);
        return { request, notices: [`${error.message} The offline planner took over.`] };
      }
    },
  };
}

async function planWithModel(
  message: string,
  context: PlannerContext,
  settings: ModelSettings,
): Promise<PlannedRequest> {
  const schema = strictJsonSchema(requestSchema);
  const turns: ChatTurn[] = [
    { role: "system", content: instructions },
    {
      role: "user",
      content: `${await renderContext(message, context)}\n\n## The message\n${JSON.stringify(message)}`,
    },
  ];
  for (let attempt = 0; attempt <= maxRepairs; attempt++) {
    const { text, tokens } = await askModel(turns, schema, settings, context.signal);
    const { request, problems } = checkAnswer(text, message, context.registry);
    log.info("planner answered", { model: settings.model, attempt, tokens, problems: problems?.length ?? 0 });
    if (request) return withPossibleIntent(request, context);
    turns.push(
      { role: "assistant", content: text.slice(0, 20_000) },
      {
        role: "user",
        content: `That does not fit:\n${problems.map((one) => `- ${one}`).join("\n")}\nAnswer again, whole.`,
      },
    );
  }
  throw new AppError(
    "PLANNER_INVALID",
    `The language model's answer did not fit after ${maxRepairs} repairs.`,
  );
}

/** Nothing can be refined or exported before there is a set. */
function withPossibleIntent(request: PlannedRequest, { featureSet }: PlannerContext): PlannedRequest {
  return request.intent === "refine" && !featureSet ? { ...request, intent: "build" } : request;
}
