import { z } from "zod";
import { readJson } from "@/app/api/read-json";
import { respond } from "@/app/api/respond";
import { currentViewer } from "@/app/viewer";
import { martOwners } from "@/db/queries/mart-owners";
import { registerUploadedFiles, uploadLimits } from "@/lib/profile";
import { forgetUpload, receivedFile, uploadIdSchema } from "./received-files";

const bodySchema = z.object({
  upload: uploadIdSchema,
  name: z.string().max(100),
  title: z.string().max(120),
  /** The names of the files in the order in which they were sent. */
  files: z.array(z.string().max(400)).max(uploadLimits.files),
});

/** Makes a mart of the files that were received: profiles them and registers what they were taken for. */
export function POST(request: Request): Promise<Response> {
  return respond(request, async () => {
    const viewer = await currentViewer();
    const { upload, name, title, files } = await readJson(request, bodySchema, 100_000);
    try {
      const { mart } = await registerUploadedFiles(
        {
          name,
          owner: viewer.id,
          ...(title.trim() ? { title: title.trim() } : {}),
          files: files.map((file, index) => ({ name: file, path: receivedFile(viewer, upload, index) })),
        },
        { owners: martOwners },
      );
      return Response.json({ name: mart.name, tables: mart.tables, features: mart.features });
    } finally {
      await forgetUpload(viewer, upload);
    }
  });
}
