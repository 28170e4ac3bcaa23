import type { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import type { S3Settings } from "@/lib/settings/objects";
import { retriesOf } from "./s3-retries";

/** One bucket in our words. Keys are whole ones, with the prefix; what goes wrong is thrown as the vendor gives it. */
export type Bucket = ReturnType<typeof openBucket>;

export function openBucket(settings: S3Settings, limits: Partial<Limits> = {}) {
  const client = openClient(settings, { ...defaultLimits, ...limits });
  const Bucket = settings.bucket;
  /** Of every write. */
  const writing = { Bucket, ...encryptionOf(settings) };
  return {
    client,
    writing,
    async head(Key: string): Promise<{ writer: string | null }> {
      const { Metadata } = await client.send(new HeadObjectCommand({ Bucket, Key }));
      return { writer: Metadata?.writer ?? null };
    },
    /** Fails, and says why, where the bucket cannot be read. */
    async requireBucket(): Promise<void> {
      await client.send(new ListObjectsV2Command({ Bucket, Prefix: settings.prefix, MaxKeys: 1 }));
    },
    /** `from`: the rest of an object that was read up to `offset`; fails where it is no longer the same one. */
    async get(Key: string, from?: { offset: number; version: string | undefined }) {
      const rest = from && { Range: `bytes=${from.offset}-`, IfMatch: from.version };
      const found = await client.send(new GetObjectCommand({ Bucket, Key, ...rest }));
      return {
        body: found.Body as Readable,
        bytes: found.ContentLength ?? 0,
        version: found.ETag,
      };
    },
    async putIfAbsent(Key: string, Body: Buffer, writer: string): Promise<void> {
      await client.send(
        new PutObjectCommand({ ...writing, Key, Body, IfNoneMatch: "*", Metadata: { writer } }),
      );
    },
    /** Pages of up to 1,000. */
    async *list(Prefix: string): AsyncGenerator<{ key: string; modified: Date }[]> {
      let ContinuationToken: string | undefined;
      do {
        const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }));
        yield (page.Contents ?? []).map(({ Key = "", LastModified = new Date() }) => ({
          key: Key,
          modified: LastModified,
        }));
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken);
    },
    /** Up to 1,000 at once. */
    async remove(keys: string[]): Promise<void> {
      if (keys.length === 0) return;
      const Delete = { Objects: keys.map((Key) => ({ Key })), Quiet: true };
      const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }));
      const [first] = Errors;
      // The answer is a success all the same.
      if (first) throw Object.assign(new Error(first.Message), { name: first.Code ?? "Error" });
    },
    /** Uploads in parts that were begun and neither finished nor given up. */
    async *unfinished(Prefix: string): AsyncGenerator<{ key: string; upload: string; begun: Date }> {
      let from: { KeyMarker?: string; UploadIdMarker?: string } = {};
      for (;;) {
        const page = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix, ...from }));
        for (const { Key = "", UploadId = "", Initiated = new Date() } of page.Uploads ?? []) {
          yield { key: Key, upload: UploadId, begun: Initiated };
        }
        if (!page.IsTruncated) return;
        from = { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker };
      }
    },
    async giveUp({ key: Key, upload: UploadId }: { key: string; upload: string }): Promise<void> {
      await client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    },
    download(Key: string, as: { name: string; contentType: string }): GetObjectCommand {
      return new GetObjectCommand({
        ...{ Bucket, Key, ResponseContentType: as.contentType },
        ResponseContentDisposition: `attachment; filename="${as.name}"`,
        ResponseCacheControl: "no-store",
      });
    },
  };
}

/** Of one request. */
export interface Limits {
  attempts: number;
  /** Milliseconds without a byte. */
  silence: number;
  /** Milliseconds until the answer begins: as long as a part's upload may take over a slow line. */
  answer: number;
}

const defaultLimits: Limits = { attempts: 6, silence: 20_000, answer: 300_000 };

function openClient({ region, endpoint, credentials }: S3Settings, limits: Limits): S3Client {
  // A compatible server may know neither buckets as host names nor the checksums that Amazon's added in 2025. There what is
  // written is checked all the same: the signature covers the SHA-256 of every body.
  const compatible = endpoint && {
    ...({ endpoint, forcePathStyle: true } as const),
    ...({
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
    } as const),
  };
  return new S3Client({
    region,
    ...compatible,
    ...(credentials && { credentials }),
    retryStrategy: retriesOf(limits.attempts),
    requestHandler: {
      connectionTimeout: Math.min(5_000, limits.silence),
      socketTimeout: limits.silence,
      requestTimeout: limits.answer,
      throwOnRequestTimeout: true,
    },
  });
}

function encryptionOf({ encryption }: S3Settings) {
  if (encryption.by === "bucket") return {};
  const key = encryption.by === "aws:kms" && encryption.keyId ? { SSEKMSKeyId: encryption.keyId } : {};
  return { ServerSideEncryption: encryption.by, ...key };
}
