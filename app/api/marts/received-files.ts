import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { z } from "zod";
import type { Viewer } from "@/lib/auth";
import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { uploadLimits } from "@/lib/profile";

/** Names made by the browser, of which paths are made: nothing but these letters. */
export const uploadIdSchema = z.string().regex(/^[a-zA-Z0-9]{8,40}$/);

/** Where a viewer's upload waits to be profiled. No other viewer can name it. */
function folderOf(viewer: Viewer, uploadId: string): string {
  const owner = createHash("sha256").update(viewer.id).digest("hex").slice(0, 32);
  return path.join(config().dataDir, "uploads", owner, uploadId);
}

export function receivedFile(viewer: Viewer, uploadId: string, index: number): string {
  return path.join(folderOf(viewer, uploadId), String(index));
}

/** Writes one file as it arrives. @throws AppError BAD_INPUT when it grows too large; then nothing of it is left */
export async function receiveFile(
  viewer: Viewer,
  upload: { id: string; index: number },
  body: ReadableStream<Uint8Array>,
): Promise<void> {
  await mkdir(folderOf(viewer, upload.id), { recursive: true });
  const file = receivedFile(viewer, upload.id, upload.index);
  try {
    await pipeline(Readable.fromWeb(body), atMost(uploadLimits.fileBytes), createWriteStream(file));
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  }
}

export async function forgetUpload(viewer: Viewer, uploadId: string): Promise<void> {
  await rm(folderOf(viewer, uploadId), { recursive: true, force: true });
}

function atMost(limit: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      seen += chunk.length;
      if (seen <= limit) done(null, chunk);
      else done(new AppError("BAD_INPUT", `A file may have at most ${limit / 1024 ** 2} MiB.`));
    },
  });
}
