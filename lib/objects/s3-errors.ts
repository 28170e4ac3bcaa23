import { AppError } from "@/lib/errors";
import type { S3Settings } from "@/lib/settings/objects";

interface VendorError {
  name?: string;
  code?: string;
  path?: string;
  $metadata?: { httpStatusCode?: number; attempts?: number };
}

/** Anything that a bucket's call threw, as an AppError that says what to correct; a fault of a local file stays what it is. */
export function explainS3(thrown: unknown, { bucket, endpoint, region, encryption }: S3Settings): unknown {
  const { name = "", code = "" } = thrown as VendorError;
  const status = statusOf(thrown);
  const where = endpoint ?? `Amazon S3 in ${region}`;
  const unavailable = (sentence: string) =>
    new AppError("OBJECT_STORE_UNAVAILABLE", sentence, { cause: thrown });
  if (thrown instanceof AppError || localFaults.has(code)) return thrown;
  if (isMissing(thrown)) return new AppError("NOT_FOUND", undefined, { cause: thrown });
  if (name === "NoSuchBucket") {
    return unavailable(
      `There is no bucket ${bucket} at ${where}. Make it, or correct S3_BUCKET or S3_ENDPOINT.`,
    );
  }
  if (name.startsWith("KMS")) {
    const key = encryption.by === "aws:kms" && encryption.keyId ? `the key ${encryption.keyId}` : "its key";
    return unavailable(
      `The bucket ${bucket} could not encrypt or decrypt with ${key}. Correct S3_KMS_KEY_ID, or let this app use the key.`,
    );
  }
  if (strangers.has(name) || /Credential|Token/.test(name)) {
    return unavailable(
      `${where} does not know this app's credentials. Correct S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, or the role of this machine.`,
    );
  }
  if (name === "RequestTimeTooSkewed") {
    return unavailable(`${where} refuses this app, since this machine's clock is wrong. Set the clock.`);
  }
  if (status === 301 || name === "AuthorizationHeaderMalformed" || name === "PermanentRedirect") {
    return unavailable(`The bucket ${bucket} is in another region than ${region}. Correct S3_REGION.`);
  }
  if (status === 403 || name === "AccessDenied") {
    return unavailable(
      `${where} does not let this app use the bucket ${bucket}. Grant it s3:ListBucket, s3:ListBucketMultipartUploads, s3:GetObject, s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload there, or correct the credentials.`,
    );
  }
  if (status !== undefined && status >= 400) {
    return unavailable(
      `The object store at ${where} could not do what was asked of the bucket ${bucket}. Try again later; the log has the details.`,
    );
  }
  return unavailable(
    `The object store at ${where} does not answer, or not as one. Start it, or correct S3_ENDPOINT.`,
  );
}

export function isMissing(thrown: unknown): boolean {
  return statusOf(thrown) === 404 && ["NoSuchKey", "NotFound"].includes((thrown as VendorError).name ?? "");
}

/** A condition of the request did not hold. */
export function isConditionFalse(thrown: unknown): boolean {
  return statusOf(thrown) === 412;
}

/** Another request on the same key was under way. */
export function isConflict(thrown: unknown): boolean {
  return statusOf(thrown) === 409;
}

/** The same upload was finished or given up by an earlier request. */
export function isUploadGone(thrown: unknown): boolean {
  return (thrown as VendorError).name === "NoSuchUpload";
}

/** Whether the request may have been done by an attempt whose answer was lost. */
export function wasRepeated(thrown: unknown): boolean {
  return ((thrown as VendorError).$metadata?.attempts ?? 1) > 1;
}

function statusOf(thrown: unknown): number | undefined {
  return (thrown as VendorError).$metadata?.httpStatusCode;
}

const localFaults = new Set(
  "ENOENT EACCES EEXIST EISDIR ENOTDIR ENOSPC EDQUOT EROFS EMFILE EPERM".split(" "),
);

const strangers = new Set(
  "InvalidAccessKeyId SignatureDoesNotMatch InvalidClientTokenId XAdminUserNotFound".split(" "),
);
