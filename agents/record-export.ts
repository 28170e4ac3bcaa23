import { saveExport } from "@/db/queries";
import type { Viewer } from "@/lib/auth";
import type { PublishedExport } from "@/lib/export";
import type { ExportPart } from "./parts";

/** Stores a published export with its owner and gives the card that shows it. The same approval again gives the same card. */
export async function recordExport(
  viewer: Viewer,
  of: { approvalId: string; conversationId: string; runId: string },
  published: PublishedExport,
): Promise<ExportPart> {
  const exportId = await saveExport(viewer, { ...of, published });
  return {
    exportId,
    stamp: published.stamp,
    rows: published.rows,
    columns: published.columns,
    destination: published.destination,
    contentHash: published.contentHash,
    files: published.files.map((file) => ({ ...file, href: `/api/exports/${exportId}/${file.kind}` })),
    snippets: published.snippets,
  };
}
