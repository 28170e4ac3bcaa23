import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Upload } from "@aws-sdk/lib-storage";
import { AppError } from "@/lib/errors";
import { unlessStopped } from "@/lib/unless-stopped";
import type { Bucket } from "./s3-bucket";

const leastPart = 8 * 1024 * 1024;
/** A bucket takes 10,000. */
const mostParts = 9_000;

/**
 * Sends a file: a small one in one put, a large one in parts, four at a time, of which one that fails is sent again by itself.
 * When it fails for good, what was sent is given up. Holds at most five parts in memory.
 * @throws AppError QUERY_CANCELLED at once when the signal comes; what was sent is given up once its last requests are answered
 */
export async function upload(
  bucket: Bucket,
  file: { key: string; localPath: string; writer: string; signal?: AbortSignal | undefined },
): Promise<void> {
  const { key, localPath, writer, signal } = file;
  const { size } = await stat(localPath);
  if (signal?.aborted) throw new AppError("QUERY_CANCELLED");
  const partSize = Math.max(leastPart, Math.ceil(size / mostParts));
  const sending = new Upload({
    client: bucket.client,
    params: {
      ...bucket.writing,
      ...{ Key: key, Body: createReadStream(localPath, { highWaterMark: 1024 * 1024 }), ContentLength: size },
      Metadata: { writer },
    },
    partSize,
    queueSize: 4,
  });
  const stop = () => void sending.abort();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    await unlessStopped(sending.done(), signal);
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
