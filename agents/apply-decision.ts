import { getFeatureSet, saveFeatureSet } from "@/db/queries";
import { addGroups } from "@/lib/engineer";
import { plainWords } from "@/lib/plain-words";
import { applyAnswers, type Question } from "@/lib/planner";
import { getApprovalPayload } from "./approval";
import type { Decision, State, Update } from "./state";
import { type NodeConfig, sendText, turn } from "./turn";

/** Changes the feature set by what the person decided. What is applied is the stored question, never the browser's copy. */
export async function applyDecision(state: State, config: NodeConfig): Promise<Update> {
  const { viewer, conversationId, mart } = turn(config);
  const { approval, decision } = state;
  if (!approval || !decision) throw new Error("applyDecision was reached without a decision.");

  if (decision.feedback || decision.choice) return takeWords(approval.kind, decision);
  if (decision.decision === "reject") {
    return approval.kind === "enrich"
      ? { enrichment: "decided" }
      : { remarks: [...state.remarks, declined[approval.kind]], questions: [] };
  }
  if (approval.kind === "export" || !state.featureSetHash) return {};

  const featureSet = await getFeatureSet(viewer, conversationId, state.featureSetHash);
  const payload = await getApprovalPayload(viewer, approval.id);
  if (approval.kind === "clarify") {
    const next = applyAnswers(featureSet, decision.answers, mart.registry);
    sendText(config, answersInWords(payload.questions, decision.answers));
    return {
      featureSetHash: await saveFeatureSet(viewer, conversationId, next),
      questions: [],
      resultId: null,
    };
  }
  const groups = payload.groups.filter((group) => decision.groups.includes(group.id));
  if (groups.length === 0) return { enrichment: "decided" };
  return {
    featureSetHash: await saveFeatureSet(viewer, conversationId, addGroups(featureSet, groups)),
    enrichment: "decided",
    resultId: null,
    remarks: [...state.remarks, `Added ${groups.map((group) => group.title).join(", ")}.`],
  };
}

/** What was taken, in the words of the question: an answer that lifts a filter must not pass in silence. */
function answersInWords(questions: Question[], answers: Record<string, string>): string {
  const lines = questions.map(({ id, text, choices }) => {
    const choice = choices.find((candidate) => candidate.id === answers[id]);
    return `- ${plainWords(text)} **${plainWords(choice?.label ?? "No answer")}**`;
  });
  return lines.join("\n");
}

const declined = {
  clarify: "The question stays open, so no matrix was built. Say how you would like to go on.",
  export: "Nothing was exported. The feature set stays as it is: change it, or say “export it” later.",
} as const;

/** Words typed while a question waits answer it and are then read like any message; the question comes back after. */
function takeWords(kind: "clarify" | "enrich" | "export", decision: Decision): Update {
  return {
    message: decision.feedback ?? "",
    choice: decision.choice,
    interrupted: kind,
    request: null,
    remarks: [],
  };
}
