import { createHash } from "node:crypto";
import { createApproval, getApproval } from "@/db/queries";
import type { Viewer } from "@/lib/auth";
import { canonicalJson } from "@/lib/feature-set";
import type { ApprovalPart } from "./parts";
import type { State, Update } from "./state";
import { type NodeConfig, turn } from "./turn";

/** What is stored, hashed and, once approved, run: the browser sends back no more than its id and the answer. */
export type ApprovalPayload = Pick<ApprovalPart, "kind" | "title" | "questions" | "groups" | "exportOf"> & {
  featureSetHash: string | null;
  resultId: string | null;
};

/**
 * Stores a question for the person under an id that is the same when the node runs again after a crash, so that there
 * is one row however often that happens.
 */
export async function openApproval(
  state: State,
  config: NodeConfig,
  question: Omit<ApprovalPayload, "featureSetHash" | "resultId">,
): Promise<Update> {
  const { viewer, conversationId, runId } = turn(config);
  const payload: ApprovalPayload = {
    ...question,
    featureSetHash: state.featureSetHash,
    resultId: state.resultId,
  };
  const payloadHash = createHash("sha256").update(canonicalJson(payload)).digest("hex");
  const step = config.metadata?.langgraph_step ?? 0;
  const id = createHash("sha256").update(`${runId}:${step}:${payloadHash}`).digest("hex").slice(0, 32);
  await createApproval(viewer, { id, conversationId, runId, kind: question.kind, payload, payloadHash });
  return { approval: { id, kind: question.kind }, interrupted: null, decision: null };
}

/** The stored question. */
export async function getApprovalPayload(viewer: Viewer, approvalId: string): Promise<ApprovalPayload> {
  return (await getApproval(viewer, approvalId)).payload as ApprovalPayload;
}
