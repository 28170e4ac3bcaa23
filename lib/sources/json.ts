import { isUtf8 } from "node:buffer";
import type { QuarantineReason } from "@/lib/pipeline/steps";

export type JsonRow = Record<string, unknown>;

/** Why something cannot be read, and the beginning of it. */
export interface Unreadable {
  reason: QuarantineReason;
  found: string;
}

/** The object that `bytes` spell, or why they are none. */
export function readObject(bytes: Buffer): { row: JsonRow } | Unreadable {
  if (!isUtf8(bytes)) return { reason: "broken_encoding", found: excerptOf(bytes) };
  const text = bytes.toString("utf8");
  try {
    const value = parseJson(text);
    if (isObject(value)) return { row: value };
  } catch {
    // Said below.
  }
  return { reason: "broken_record", found: excerptOf(text) };
}

/** As JSON.parse, but numbers beyond what JavaScript holds, such as 1e309 or a long id, come as the text that was found. */
export function parseJson(text: string): unknown {
  return JSON.parse(suspicious.test(text) ? text.replace(stringOrNumber, keptNumber) : text);
}

export function isObject(value: unknown): value is JsonRow {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The lines of an answer that are not empty. */
export function* linesOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(0x0a, start);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.subarray(start, bytes[end - 1] === 0x0d ? end - 1 : end);
    if (line.length > 0) yield line;
    start = end + 1;
  }
}

/** The first 200 characters of what was found, with nothing in them that a terminal or a page would obey. */
export function excerptOf(found: string | Buffer): string {
  const text = typeof found === "string" ? found : found.subarray(0, 800).toString("utf8");
  return [...text.slice(0, 400)].slice(0, 200).join("").replace(/\p{C}/gu, "\uFFFD");
}

/** Cheap, and true of every text that holds such a number after what begins a value. */
const suspicious = /[[:,\s]-?[\d.]*(?:\d{16}|\d[eE]\+?\d{3})/;
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

function keptNumber(token: string): string {
  if (token.startsWith('"')) return token;
  const value = Number(token);
  const isHeld = Number.isFinite(value) && (Number.isSafeInteger(value) || !/^-?\d+$/.test(token));
  return isHeld || Number.isNaN(value) ? token : JSON.stringify(token);
}
