import type { Bucket } from "./s3-bucket";

/** Breaks in a row that bring not one byte more. */
const mostBreaks = 5;

/** An object's bytes. A connection that breaks is taken up where it broke; a body that ends early is never taken for whole. */
export async function readObject(
  bucket: Bucket,
  key: string,
): Promise<{ bytes: number; chunks: AsyncGenerator<Uint8Array> }> {
  const first = await bucket.get(key);
  return { bytes: first.bytes, chunks: chunksOf(bucket, key, first) };
}

async function* chunksOf(
  bucket: Bucket,
  key: string,
  { body: opened, bytes, version }: Awaited<ReturnType<Bucket["get"]>>,
): AsyncGenerator<Uint8Array> {
  let body = opened;
  let taken = 0;
  let breaks = 0;
  for (;;) {
    const before = taken;
    try {
      for await (const chunk of body) {
        taken += chunk.length;
        yield chunk;
      }
      if (taken === bytes) return;
      throw new Error(`The body ended after ${taken} of ${bytes} bytes.`);
    } catch (thrown) {
      breaks = taken > before ? 1 : breaks + 1;
      // All bytes and still an error: they are not what was stored.
      if (taken >= bytes || breaks >= mostBreaks) throw thrown;
    }
    body = (await bucket.get(key, { offset: taken, version })).body;
  }
}
