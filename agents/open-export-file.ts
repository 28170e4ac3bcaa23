import path from "node:path";
import { getExport } from "@/db/queries";
import type { Viewer } from "@/lib/auth";
import { config } from "@/lib/config";
import { folderStore } from "@/lib/objects";

const files = {
  matrix: { name: "matrix.parquet", contentType: "application/vnd.apache.parquet" },
  dictionary: { name: "dictionary.csv", contentType: "text/csv; charset=utf-8" },
  manifest: { name: "manifest.json", contentType: "application/json; charset=utf-8" },
} as const;

export type ExportFileKind = keyof typeof files;
export const exportFileKinds = Object.keys(files) as ExportFileKind[];

/** One file of an export, for download by its owner. @throws AppError NOT_FOUND */
export async function openExportFile(viewer: Viewer, exportId: string, kind: ExportFileKind) {
  const { prefix, stamp, mart } = await getExport(viewer, exportId);
  const { name, contentType } = files[kind];
  const store = folderStore(path.join(config().dataDir, "objects"));
  const { body, bytes } = await store.stream(`${prefix}/${name}`);
  return { stream: body, bytes, contentType, name: `${mart}-${stamp}-${name}` };
}
