import { getApprovedExport, getResult } from "@/db/queries";
import type { Run } from "@/db/schema";
import type { Viewer } from "@/lib/auth";
import { isDatabaseLost } from "@/lib/database-lost";
import { toAppError } from "@/lib/errors";
import { exportPrefixOf, findPublished } from "@/lib/export";
import { log } from "@/lib/log";
import { openObjectStore } from "@/lib/objects";
import { unlessStopped } from "@/lib/unless-stopped";
import type { ApprovalPayload } from "./approval";
import type { ExportPart } from "./parts";
import { recordExport } from "./record-export";

/** So long a person who pressed Stop waits for a store that is silent. In milliseconds. */
const patience = 10_000;

/**
 * What became of the export that the person approved in a run; `unknown` where nobody could look, or the store did not answer
 * in time, with the place to look at.
 */
export type ExportOutcome =
  | { kind: "never approved" }
  | { kind: "not published" }
  | { kind: "published"; part: ExportPart }
  | { kind: "unknown"; place: string };

/**
 * Looks in the object store, since a process that died may have published an export and told nobody. One that is there is
 * recorded as its owner's.
 * @throws only what tells of a lost database, after which it may be done again
 */
export async function lookForExport(viewer: Viewer, run: Run): Promise<ExportOutcome> {
  const store = openObjectStore();
  let place = store.label;
  try {
    const approval = await getApprovedExport(viewer, run.id);
    if (!approval) return { kind: "never approved" };
    const { resultId } = approval.payload as ApprovalPayload;
    if (!resultId) return { kind: "not published" };
    const { plan } = await getResult(viewer, resultId);
    const of = { approvalId: approval.id, plan };
    place = store.locate(exportPrefixOf(of));
    const published = await unlessStopped(findPublished({ store, ...of }), AbortSignal.timeout(patience));
    if (!published) return { kind: "not published" };
    const { conversationId } = run;
    const part = await recordExport(
      viewer,
      { approvalId: approval.id, conversationId, runId: run.id },
      published,
    );
    return { kind: "published", part };
  } catch (error) {
    if (isDatabaseLost(error)) throw error;
    log.warn("export not looked up", { runId: run.id, error: toAppError(error) });
    return { kind: "unknown", place };
  }
}
