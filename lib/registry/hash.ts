import { createHash } from "node:crypto";
import type { Registry } from "./types";

/** SHA-256 (hex) over everything in the registry but the hash itself; the order of an object's fields does not matter. */
export function hashRegistry(registry: Omit<Registry, "contentHash">): string {
  const { mart, title, stamp, asOf, tables, features, values, entities, requests } = registry;
  const content = { mart, title, stamp, asOf, tables, features, values, entities, requests };
  return createHash("sha256").update(JSON.stringify(content, sortedFields)).digest("hex");
}

function sortedFields(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
