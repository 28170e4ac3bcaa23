import type { ReadableStream } from "node:stream/web";
import { z } from "zod";
import { receiveFile, uploadIdSchema } from "@/app/api/marts/received-files";
import { respond } from "@/app/api/respond";
import { currentViewer } from "@/app/viewer";
import { AppError } from "@/lib/errors";
import { uploadLimits } from "@/lib/profile";

const placeSchema = z.object({
  upload: uploadIdSchema,
  index: z.coerce
    .number()
    .int()
    .min(0)
    .max(uploadLimits.files - 1),
});

/** Receives one file of an upload, as the request's whole body: no file passes through memory. */
export function PUT(
  request: Request,
  { params }: { params: Promise<{ upload: string; index: string }> },
): Promise<Response> {
  return respond(request, async () => {
    const viewer = await currentViewer();
    const place = placeSchema.safeParse(await params);
    if (!place.success || !request.body) {
      throw new AppError("BAD_INPUT", `Give at most ${uploadLimits.files} files, each with something in it.`);
    }
    const { upload, index } = place.data;
    await receiveFile(viewer, { id: upload, index }, request.body as ReadableStream<Uint8Array>);
    return new Response(null, { status: 204 });
  });
}
