import type { Run } from "@/db/schema";
import type { Viewer } from "@/lib/auth";
import type { AppError } from "@/lib/errors";
import { type ExportOutcome, lookForExport } from "./look-for-export";
import { endingId, type MessageWriter } from "./message-writer";
import type { NoticePart } from "./parts";

export type Ended =
  | { stopped: true }
  /** `mayLive`: a process that is cut off may work on it yet, so that what is not there may still come. */
  | { stopped: false; error: AppError; mayLive?: boolean };

/**
 * Closes the message of a turn that was stopped or failed: says so, and what became of the export that it had been told to
 * make, which is shown if it is there.
 * @throws what the database throws
 */
export async function tellEnding(
  { viewer, run, writer }: { viewer: Viewer; run: Run; writer: MessageWriter },
  ended: Ended,
): Promise<void> {
  await writer.delivered().catch(() => {});
  const isShown = writer.has("export");
  const outcome = isShown ? null : await lookForExport(viewer, run);
  if (outcome?.kind === "published") {
    await writer.write({ kind: "part", type: "export", id: "ending-export", data: outcome.part });
  }
  const notice: NoticePart = ended.stopped
    ? { level: "info", text: ["Stopped.", ...afterStop(outcome)].join(" ") }
    : {
        level: "error",
        text: [ended.error.message, ...afterFailure(outcome, ended)].join(" "),
        code: ended.error.code,
      };
  await writer.write({ kind: "part", type: "notice", id: endingId, data: notice });
  await writer.finish();
}

/** @param outcome null where the message shows the export already */
function afterStop(outcome: ExportOutcome | null): string[] {
  switch (outcome?.kind) {
    case "never approved":
    case "not published":
      return ["Nothing was exported."];
    case "published":
      return ["The export had been published by then, and is complete."];
    case "unknown":
      return [lookThere(outcome.place)];
    default:
      return [];
  }
}

function afterFailure(
  outcome: ExportOutcome | null,
  { error, mayLive }: Ended & { stopped: false },
): string[] {
  if (outcome?.kind === "published") return ["The export is published all the same, and complete."];
  // A failed export has told what is known of it.
  if (error.code === "EXPORT_FAILED") return [];
  if (outcome?.kind === "not published") {
    return [mayLive ? "No export was there when it was looked up." : "Nothing was exported."];
  }
  return outcome?.kind === "unknown" ? [lookThere(outcome.place)] : [];
}

function lookThere(place: string): string {
  return `Whether the matrix was exported could not be looked up: look for manifest.json in ${place} before you ask for it again.`;
}
