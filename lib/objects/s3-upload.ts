import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Upload } from "@aws-sdk/lib-storage";
import type { Bucket } from "./s3-bucket";

const leastPart = 8 * 1024 * 1024;
/** A bucket takes 10,000. */
const mostParts = 9_000;

/**
 * Sends a file: a small one in one put, a large one in parts, four at a time, of which one that fails is sent again by itself.
 * When it fails for good, what was sent is given up. Holds at most five parts in memory.
 */
export async function upload(bucket: Bucket, key: string, localPath: string, writer: string): Promise<void> {
  const { size } = await stat(localPath);
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
  await sending.done();
}
