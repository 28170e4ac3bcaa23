import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { setTimeout as pause } from "node:timers/promises";
import { AppError } from "@/lib/errors";
import type { S3Settings } from "@/lib/settings/objects";
import { keyParts } from "./key";
import type { ObjectStore } from "./port";
import { type Bucket, type Limits, openBucket } from "./s3-bucket";
import { explainS3, isConditionFalse, isConflict, isMissing, isUploadGone, wasRepeated } from "./s3-errors";
import { presign } from "./s3-link";
import { readObject } from "./s3-read";
import { upload } from "./s3-upload";

/**
 * A store in a bucket of Amazon S3 or of a server that is compatible with it. A file is seen whole or not at all. In a bucket
 * with versions, what is replaced or removed stays as an earlier version.
 */
export function s3Store(settings: S3Settings, limits: Partial<Limits> = {}): ObjectStore {
  const bucket = openBucket(settings, limits);
  const inBucket = (key: string) => [settings.prefix, ...keyParts(key)].filter(Boolean).join("/");
  const locate = (key: string) => `s3://${settings.bucket}/${inBucket(key)}`;
  /** Does it with the key in the bucket, and explains what goes wrong. */
  const at = async <T>(key: string, work: (whole: string) => Promise<T>): Promise<T> => {
    const whole = inBucket(key);
    return work(whole).catch((thrown) => Promise.reject(explainS3(thrown, settings)));
  };
  return {
    label: ["s3:/", settings.bucket, settings.prefix].filter(Boolean).join("/"),
    locate,
    putFile: (key, localPath, signal) => at(key, (whole) => putFile(bucket, whole, localPath, signal)),
    putIfAbsent: (key, body) => at(key, (whole) => putIfAbsent(bucket, whole, Buffer.from(body))),
    get: (key) =>
      at(key, (whole) =>
        whileUnchanged(async () => {
          const { chunks } = await readObject(bucket, whole);
          const parts: Uint8Array[] = [];
          for await (const chunk of chunks) parts.push(chunk);
          return Buffer.concat(parts);
        }),
      ),
    getFile: (key, localPath) => at(key, (whole) => whileUnchanged(() => getFile(bucket, whole, localPath))),
    stream: (key) =>
      at(key, async (whole) => {
        const { bytes, chunks } = await readObject(bucket, whole);
        return { bytes, body: webStream(chunks, (thrown) => explainS3(thrown, settings)) };
      }),
    exists: (key) => at(key, (whole) => exists(bucket, whole)),
    list: async function* (prefix) {
      const pages = bucket.list(`${inBucket(prefix)}/`);
      const ours = settings.prefix === "" ? 0 : settings.prefix.length + 1;
      for (;;) {
        const page = await at(prefix, () => pages.next());
        if (page.done) return;
        for (const { key, modified } of page.value) yield { key: key.slice(ours), modified };
      }
    },
    removeAll: (prefix) =>
      at(prefix, async (whole) => {
        for await (const page of bucket.list(`${whole}/`)) await bucket.remove(page.map(({ key }) => key));
      }),
    link: (key, as) =>
      at(key, async (whole) => {
        if (!(await exists(bucket, whole))) throw new AppError("NOT_FOUND");
        return presign(bucket, whole, as, settings.linkSeconds);
      }),
    sweep: async (olderThan) => {
      const begun = settings.prefix === "" ? "" : `${settings.prefix}/`;
      return giveUpUnfinished(bucket, begun, olderThan).catch((thrown) =>
        Promise.reject(explainS3(thrown, settings)),
      );
    },
  };
}

async function putFile(bucket: Bucket, key: string, localPath: string, signal?: AbortSignal): Promise<void> {
  const writer = randomUUID();
  try {
    await upload(bucket, { key, localPath, writer, signal });
  } catch (thrown) {
    // The request that finishes an upload may be done while its answer is lost; repeated, it finds no upload.
    if (!isUploadGone(thrown) || (await bucket.head(key)).writer !== writer) throw thrown;
  }
}

async function putIfAbsent(bucket: Bucket, key: string, body: Buffer): Promise<boolean> {
  const writer = randomUUID();
  for (let attempt = 1; ; attempt++) {
    try {
      await bucket.putIfAbsent(key, body, writer);
      return true;
    } catch (thrown) {
      if (isConditionFalse(thrown)) {
        // It may be there because an earlier attempt of ours, whose answer was lost, put it there.
        return wasRepeated(thrown) && (await bucket.head(key)).writer === writer;
      }
      if (!isConflict(thrown) || attempt === 8) throw thrown;
      await pause(50 * attempt * (1 + Math.random()));
    }
  }
}

async function getFile(bucket: Bucket, key: string, localPath: string): Promise<void> {
  const temporary = `${localPath}.${randomUUID()}.tmp`;
  try {
    const { chunks } = await readObject(bucket, key);
    await pipeline(chunks, createWriteStream(temporary, { flags: "wx" }));
    await rename(temporary, localPath);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** An object that was replaced while it was being read is read anew. */
async function whileUnchanged<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read();
    } catch (thrown) {
      if (!isConditionFalse(thrown) || attempt === 5) throw thrown;
    }
  }
}

async function exists(bucket: Bucket, key: string): Promise<boolean> {
  try {
    await bucket.head(key);
    return true;
  } catch (thrown) {
    // The answer has no body, and so does not say what is missing or refused: that this does.
    await bucket.requireBucket();
    if (isMissing(thrown)) return false;
    throw thrown;
  }
}

function webStream(
  chunks: AsyncGenerator<Uint8Array>,
  explain: (thrown: unknown) => unknown,
): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (thrown) {
        controller.error(explain(thrown));
      }
    },
    cancel: async () => {
      await chunks.return(undefined);
    },
  });
}

async function giveUpUnfinished(bucket: Bucket, prefix: string, olderThan: Date): Promise<number> {
  const old = [];
  // All are read first: a page may begin after an upload that must still be there.
  for await (const upload of bucket.unfinished(prefix)) if (upload.begun < olderThan) old.push(upload);
  for (const upload of old) await bucket.giveUp(upload);
  return old.length;
}
