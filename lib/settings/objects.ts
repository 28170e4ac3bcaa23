import type { Problems } from "./read";
import type { Settings } from "./schema";

export interface S3Settings {
  bucket: string;
  /** The beginning of every key; empty for none. Without slashes at its ends. */
  prefix: string;
  region: string;
  /** A compatible server's address; null: Amazon's own. */
  endpoint: string | null;
  /** Null: the default chain of the machine (role, profile). */
  credentials: { accessKeyId: string; secretAccessKey: string } | null;
  /** `bucket`: as the bucket itself is set up. */
  encryption: { by: "bucket" } | { by: "AES256" } | { by: "aws:kms"; keyId: string | null };
  /** How long a link to a file works. */
  linkSeconds: number;
}

export type ObjectStoreSettings = { kind: "folder" } | ({ kind: "s3" } & S3Settings);

/** The object store's settings; what is missing is added to `problems`. */
export function readObjectStoreSettings(s: Settings, problems: Problems): ObjectStoreSettings {
  if (s.OBJECT_STORE === "folder") return { kind: "folder" };
  if (!s.S3_BUCKET) problems.add("S3_BUCKET", "needed when OBJECT_STORE is s3");
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = s;
  if (Boolean(accessKeyId) !== Boolean(secretAccessKey)) {
    problems.add("S3_SECRET_ACCESS_KEY", "set both S3_ACCESS_KEY_ID and this, or neither");
  }
  if (s.S3_KMS_KEY_ID && s.S3_ENCRYPTION !== "aws:kms") {
    problems.add("S3_KMS_KEY_ID", "has a meaning only when S3_ENCRYPTION is aws:kms");
  }
  return {
    kind: "s3",
    bucket: s.S3_BUCKET ?? "",
    prefix: s.S3_PREFIX ?? "",
    region: s.S3_REGION,
    endpoint: s.S3_ENDPOINT ?? null,
    credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : null,
    encryption:
      s.S3_ENCRYPTION === "aws:kms"
        ? { by: "aws:kms", keyId: s.S3_KMS_KEY_ID ?? null }
        : { by: s.S3_ENCRYPTION },
    linkSeconds: s.S3_LINK_SECONDS,
  };
}
