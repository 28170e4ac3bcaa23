import { isUtf8 } from "node:buffer";
import { AppError } from "@/lib/errors";
import { excerptOf, isObject, type JsonRow, parseJson, type Unreadable } from "./json";

export interface Page {
  rows: ({ row: JsonRow } | Unreadable)[];
  /** Where the next page begins; null on the last. */
  next: string | null;
}

/**
 * A page `{rows: […], next: text or null}`. A row that is no object, or that held bytes which are not UTF-8, cannot be read.
 * @throws AppError SOURCE_CHANGED where the answer is no such page
 */
export function readPage(source: string, path: string, body: Buffer): Page {
  const isWhole = isUtf8(body);
  let page: unknown;
  try {
    page = parseJson(body.toString("utf8"));
  } catch {
    // Said below.
  }
  if (!isObject(page) || !Array.isArray(page.rows)) {
    throw new AppError(
      "SOURCE_CHANGED",
      `The source ${source} answered ${path} with something else than {"rows": […], "next": …}. See that its address is that of such an interface.`,
      { details: { source, path } },
    );
  }
  return {
    next: typeof page.next === "string" && page.next !== "" ? page.next : null,
    rows: page.rows.map((row) => {
      const text = () => JSON.stringify(row);
      if (!isObject(row)) return { reason: "broken_record", found: excerptOf(text()) };
      // Decoding put U+FFFD where the broken bytes were.
      if (!isWhole && text().includes("\uFFFD")) {
        return { reason: "broken_encoding", found: excerptOf(text()) };
      }
      return { row };
    }),
  };
}
