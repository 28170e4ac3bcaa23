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

/** Where a browser gets a file: from the store itself by a link that soon expires, or from this app. */
export type ExportDownload =
  | { link: string }
  | {
      link: null;
      stream: ReadableStream<Uint8Array>;
      bytes: number;
      contentType: string;
      /** Letters, digits, `_`, `.` and `-`. */
      name: string;
    };

/** One file of an export, for download by its owner. @throws AppError NOT_FOUND, OBJECT_STORE_UNAVAILABLE */
export async function openExportFile(
  viewer: Viewer,
  exportId: string,
  kind: ExportFileKind,
): Promise<ExportDownload> {
  const { prefix, stamp, mart } = await getExport(viewer, exportId);
  const store = openObjectStore();
  const { files } = await readPublished(store, prefix);
  const file = files.find((one) => one.kind === kind);
  if (!file) throw new AppError("NOT_FOUND");
  const name = `${mart}-${stamp}-${file.name}`.replace(/[^\w.-]/g, "_");
  const contentType = contentTypes[kind];
  const link = await store.link(file.key, { name, contentType });
  if (link) return { link };
  const { body, bytes } = await store.stream(file.key);
  return { link, stream: body, bytes, contentType, name };
}
