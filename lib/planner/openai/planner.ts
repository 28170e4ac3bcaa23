import { askModel, isModelFailure, type LanguageModel, strictJsonSchema } from "@/lib/language-model";
import { log } from "@/lib/log";
import { offlinePlanner } from "../offline/planner";
import type { Planner, PlannerContext } from "../port";
import { type PlannedRequest, requestSchema } from "../schema";
import { answerWithModel } from "./answer-question";
import { checkAnswer } from "./check-request";
import { instructions } from "./instructions";
import { renderContext } from "./render-context";

/**
 * A planner that asks a language model and believes nothing it says: its answer is checked against the registry, and where
 * it does not come, does not fit or may not be paid for, the offline planner takes over, with a notice that says so.
 */
export function openAiPlanner(model: LanguageModel): Planner {
  const offline = offlinePlanner();
  return {
    name: `openai:${model.access.model}`,
    async plan(message, context) {
      // What the words alone say is the measure of what a model may make of them.
      const { request } = await offline.plan(message, context);
      try {
        return { request: await planWithModel(message, request.intent, context, model), notices: [] };
      } catch (error) {
        if (!isModelFailure(error)) throw error;
        log.warn("planner fell back", { model: model.access.model, error });
        return { request, notices: [`${error.message} The offline planner took over.`] };
      }
    },
    async answer(question, context) {
      try {
        return { answer: await answerWithModel(question, context, model), notices: [] };
      } catch (error) {
        if (!isModelFailure(error)) throw error;
        log.warn("writer of SQL fell back", { model: model.access.model, error });
        const { answer } = await offline.answer(question, context);
        return { answer, notices: [`${error.message} The offline planner took over.`] };
      }
    },
  };
}

async function planWithModel(
  message: string,
  plain: PlannedRequest["intent"],
  context: PlannerContext,
  model: LanguageModel,
): Promise<PlannedRequest> {
  const question = `${await renderContext(message, context)}\n\n## The message\n${JSON.stringify(message)}`;
  const request = await askModel(
    {
      purpose: "planner",
      turns: [
        { role: "system", content: instructions },
        { role: "user", content: question },
      ],
      schema: strictJsonSchema(requestSchema),
      check: (answer) => checkAnswer(answer, message, plain, context.registry),
    },
    model,
    context.signal,
  );
  return withPossibleIntent(request, context);
}

/** Nothing can be refined or exported before there is a set. */
function withPossibleIntent(request: PlannedRequest, { featureSet }: PlannerContext): PlannedRequest {
  return request.intent === "refine" && !featureSet ? { ...request, intent: "build" } : request;
}
