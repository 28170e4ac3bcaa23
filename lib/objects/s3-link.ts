import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import type { Bucket } from "./s3-bucket";

/** An address that gives the object to whoever has it, for `seconds`. */
export function presign(
  bucket: Bucket,
  key: string,
  as: { name: string; contentType: string },
  seconds: number,
): Promise<string> {
  return getSignedUrl(bucket.client, bucket.download(key, as), { expiresIn: seconds });
}
