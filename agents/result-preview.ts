import { getResult } from "@/db/queries";
import type { Viewer } from "@/lib/auth";
import { openObjectStore } from "@/lib/objects";
import type { ResultPreview } from "./parts";

/** The first rows of a matrix. @throws AppError NOT_FOUND */
export async function getResultPreview(viewer: Viewer, resultId: string): Promise<ResultPreview> {
  const { previewKey } = await getResult(viewer, resultId);
  const body = await openObjectStore().get(previewKey);
  return JSON.parse(new TextDecoder().decode(body)) as ResultPreview;
}
