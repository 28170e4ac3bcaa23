import type { ColumnType } from "@/lib/registry/types";
import type { Cell } from "./port";

/**
 * One value of the engine's as a {@link Cell}. The engine's value classes are told apart by their fields, so that the SDK
 * is imported in one file only. NaN and the infinities come as text: JSON would turn them into null.
 */
export function toCell(value: unknown): Cell {
  const plain = toJson(value);
  return typeof plain === "object" && plain !== null ? JSON.stringify(plain) : plain;
}

/** The engine's name of a type, for instance `DECIMAL(18,2)`, in the registry's words; what has no word there is text. */
export function toColumnType(name: string): ColumnType {
  const base = /^[A-Z_]+(?=$| WITH TIME ZONE$|\(\d+, ?\d+\)$)/.exec(name)?.[0] ?? "";
  if (/^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$|^BIGNUM$/.test(base)) return "integer";
  if (/^TIMESTAMP(_S|_MS|_NS)?$/.test(base)) return "timestamp";
  if (base === "FLOAT" || base === "DOUBLE") return "float";
  if (base === "DECIMAL") return "decimal";
  if (base === "BOOLEAN") return "boolean";
  return base === "DATE" ? "date" : "text";
}

type Json = Cell | Json[] | { [key: string]: Json };

function toJson(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : String(value);
  }
  return typeof value === "object" ? fromObject(value) : String(value);
}

function fromObject(value: object): Json {
  if ("items" in value && Array.isArray(value.items)) return value.items.map(toJson);
  if ("entries" in value) return fromEntries(value.entries);
  if ("tag" in value && "value" in value) return toJson(value.value); // a union's present member
  if ("bytes" in value && value.bytes instanceof Uint8Array) return Buffer.from(value.bytes).toString("hex");
  return isoInstant(String(value));
}

function fromEntries(entries: unknown): Json {
  if (Array.isArray(entries)) {
    return Object.fromEntries(entries.map(({ key, value }) => [String(toCell(key)), toJson(value)]));
  }
  return Object.fromEntries(Object.entries(entries as object).map(([key, value]) => [key, toJson(value)]));
}

/** `2026-01-01 10:00:00.5` (+00 where zoned) → `2026-01-01T10:00:00.5Z`; infinity and years BC stay as they are. */
function isoInstant(text: string): string {
  const match = /^(\d{4,6}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)(?:\+00)?$/.exec(text);
  return match ? `${match[1]}T${match[2]}Z` : text;
}
