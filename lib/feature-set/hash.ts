import { createHash } from "node:crypto";
import type { Plan } from "./plan";
import type { FeatureSet } from "./schema";

/** JSON with every object's keys in order and absent values left out: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** SHA-256 in hexadecimal. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export function featureSetHash(featureSet: FeatureSet): string {
  return sha256(canonicalJson(featureSet));
}

export function planHash(plan: Plan): string {
  return sha256(canonicalJson(plan));
}
