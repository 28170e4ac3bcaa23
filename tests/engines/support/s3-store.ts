import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { parseConfig } from "@/lib/config";
import type { S3Settings } from "@/lib/settings/objects";
import type { S3Server } from "./object-server";

type Server = Pick<S3Server, "settings">;

/** The server's bucket as the app's own settings name it, with some of them changed. */
export function s3SettingsOf(server: Server, changes: Partial<S3Settings> = {}): S3Settings {
  const { objects } = parseConfig(server.settings);
  if (objects.kind !== "s3") throw new Error("not an S3 server's settings");
  return { ...objects, ...changes };
}

/** An error as S3 answers it. */
export function s3Error(code: string): string {
  const text = `vendor text of ${code}`;
  return `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${text}</Message></Error>`;
}

/** What lies in a bucket and no store shows. Keys are whole ones. */
export function bucketJudge(server: Server) {
  const settings = s3SettingsOf(server);
  const Bucket = settings.bucket;
  const client = new S3Client({
    region: settings.region,
    endpoint: settings.endpoint ?? "",
    forcePathStyle: true,
    ...(settings.credentials && { credentials: settings.credentials }),
  });
  return {
    /** Keys of the uploads that were begun and neither finished nor given up. */
    async unfinished(): Promise<string[]> {
      const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket }));
      return Uploads.map(({ Key = "" }) => Key);
    },
    /** The keys that are there now, below a prefix. */
    async keys(prefix: string): Promise<string[]> {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix }));
      return Contents.map(({ Key = "" }) => Key);
    },
    /** A key's versions, the newest first; null where it was removed. */
    async versions(key: string): Promise<(string | null)[]> {
      const found = await client.send(new ListObjectVersionsCommand({ Bucket, Prefix: key }));
      const kept = (found.Versions ?? []).map((one) => ({ ...one, removed: false }));
      const removed = (found.DeleteMarkers ?? []).map((one) => ({ ...one, removed: true }));
      const all = [...kept, ...removed].filter(({ Key }) => Key === key);
      all.sort((a, b) => Number(b.LastModified) - Number(a.LastModified));
      return Promise.all(
        all.map(async ({ VersionId, removed }) => {
          if (removed) return null;
          const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: key, VersionId }));
          return (await Body?.transformToString()) ?? "";
        }),
      );
    },
    close: () => client.destroy(),
  };
}
