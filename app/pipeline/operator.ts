import { currentViewer } from "@/app/viewer";
import type { Viewer } from "@/lib/auth";
import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";

/** May whoever has the pages open start, cancel and rerun builds? Until there is a sign-in, one setting says so for all. */
export function mayOperate(): boolean {
  return config().pipelineControl === "everyone";
}

/**
 * Who is asking, where they may operate the pipeline.
 * @throws AppError NOT_ALLOWED, NOT_SIGNED_IN
 */
export async function currentOperator(): Promise<Viewer> {
  if (mayOperate()) return currentViewer();
  throw new AppError(
    "NOT_ALLOWED",
    "Builds are not started, cancelled or rerun from the browser here. Whoever runs the server does so, with npm run pipeline, or its schedule does.",
  );
}
