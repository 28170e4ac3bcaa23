import { getResult } from "@/db/queries";
import type { Viewer } from "@/lib/auth";
import type { QualityReport } from "@/lib/quality";

/** The quality report of the conversation's last matrix; null before there is one. */
export async function latestReport(viewer: Viewer, resultId: string | null): Promise<QualityReport | null> {
  return resultId ? (await getResult(viewer, resultId)).report : null;
}
