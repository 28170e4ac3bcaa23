import { getExport } from "@/db/queries";
import type { Viewer } from "@/lib/auth";
import { AppError } from "@/lib/errors";
import { readPublished } from "@/lib/export";
import { openObjectStore } from "@/lib/objects";

const contentTypes = {
  matrix: "application/vnd.apache.parquet",
  dictionary: "text/csv; charset=utf-8",
  manifest: "application/json; charset=utf-8",
} as const;

export type ExportFileKind = keyof typeof contentTypes;
export const exportFileKinds = Object.keys(contentTypes) as ExportFileKind[];

/** One file of an export, for download by its owner. @throws AppError NOT_FOUND */
export async function openExportFile(viewer: Viewer, exportId: string, kind: ExportFileKind) {
  const { prefix, stamp, mart } = await getExport(viewer, exportId);
  const store = openObjectStore();
  const { files } = await readPublished(store, prefix);
  const file = files.find((one) => one.kind === kind);
  if (!file) throw new AppError("NOT_FOUND");
  const { body, bytes } = await store.stream(file.key);
  return { stream: body, bytes, contentType: contentTypes[kind], name: `${mart}-${stamp}-${file.name}` };
}
