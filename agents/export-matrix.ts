import { getApproval, getResult } from "@/db/queries";
import { AppError } from "@/lib/errors";
import { findPublished, publishExport } from "@/lib/export";
import { unlessStopped } from "@/lib/unless-stopped";
import type { ApprovalPayload } from "./approval";
import { recordExport } from "./record-export";
import { runWarehouse } from "./run-warehouse";
import type { State, Update } from "./state";
import { type NodeConfig, sendPart, turn, withProgress } from "./turn";

/**
 * Stamps and exports exactly what was approved: the stored result that the approval names. Doing it again for the same
 * approval gives the first export.
 */
export async function exportMatrix(state: State, config: NodeConfig): Promise<Update> {
  const { viewer, conversationId, runId, mart, store, signal } = turn(config);
  const { approval, decision } = state;
  if (approval?.kind !== "export" || decision?.decision !== "approve") {
    throw new Error("exportMatrix was reached without an approval.");
  }
  const stored = await getApproval(viewer, approval.id);
  if (stored.status !== "approved" || stored.kind !== "export") throw new AppError("APPROVAL_STALE");
  const payload = stored.payload as ApprovalPayload;
  if (!payload.resultId) throw new Error("The approval names no matrix.");
  const { martBuild, plan, sql, report } = await getResult(viewer, payload.resultId);

  const published = await withProgress(config, "export", "Stamping and writing the matrix", async (tell) => {
    // A process that died may have published it and not said so: that stays, whatever became of the mart since.
    const earlier = await unlessStopped(findPublished({ store, approvalId: approval.id, plan }), signal);
    if (earlier) return earlier;
    if (martBuild !== mart.build) {
      throw new AppError(
        "EXPORT_FAILED",
        "The mart was built again after this matrix was shown, so the values approved are not those it has now. Nothing was published. Ask for the matrix again and approve that.",
      );
    }
    return publishExport({
      approvalId: approval.id,
      approvedBy: decision.decidedBy,
      approvedAt: stored.decidedAt?.toISOString(),
      questionHash: stored.payloadHash,
      warehouse: runWarehouse(config, tell, approval.id),
      registry: mart.registry,
      plan,
      sql,
      report,
      store,
      scratchDirectory: mart.scratchDirectory,
      signal,
    });
  });
  const part = await recordExport(viewer, { approvalId: approval.id, conversationId, runId }, published);
  sendPart(config, "export", part);
  return { exportId: part.exportId };
}
