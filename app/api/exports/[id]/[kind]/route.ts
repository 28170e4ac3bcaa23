import { z } from "zod";
import { exportFileKinds } from "@/agents/open-export-file";
import { openExportFile } from "@/agents/run";
import { respond } from "@/app/api/respond";
import { currentViewer } from "@/app/viewer";
import { AppError } from "@/lib/errors";

const kindSchema = z.enum(exportFileKinds);

/** Downloads one file of an export: from the object store by a link that soon expires, where the store gives one. */
export function GET(request: Request, { params }: { params: Promise<{ id: string; kind: string }> }) {
  return respond(request, async () => {
    const { id, kind: asked } = await params;
    const kind = kindSchema.safeParse(asked);
    if (!kind.success) throw new AppError("NOT_FOUND");
    const file = await openExportFile(await currentViewer(), id, kind.data);
    if (file.link !== null) {
      const headers = { location: file.link, "cache-control": "no-store", "referrer-policy": "no-referrer" };
      return new Response(null, { status: 302, headers });
    }
    return new Response(file.stream, {
      headers: {
        "content-type": file.contentType,
        "content-length": String(file.bytes),
        "content-disposition": `attachment; filename="${file.name}"`,
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
      },
    });
  });
}
