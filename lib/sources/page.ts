import { isUtf8 } from "node:buffer";
import { AppError } from "@/lib/errors";
import type { HttpSource } from "./http";
import { excerptOf, isObject, type JsonRow, parseJson, type Unreadable } from "./json";

/** A row of a page; one that is no object, or that held bytes which are not UTF-8, cannot be read. */
export type PageRow = { row: JsonRow } | Unreadable;

/**
 * The rows of `GET <path>?<query>`, page by page: `{rows: […], next: text or null}`, where what `next` gives is asked for as
 * `cursor`, until there is none.
 * @throws AppError SOURCE_UNAVAILABLE; SOURCE_CHANGED where an answer is no such page, or the pages would never end
 */
export async function* readPages(
  source: string,
  api: HttpSource,
  path: string,
  query: Record<string, string>,
): AsyncGenerator<PageRow[]> {
  const taken = new Set<string>();
  for (let cursor = ""; ; ) {
    const page = readPage(source, path, await api.get(path, cursor ? { ...query, cursor } : query));
    yield page.rows;
    if (!page.next) return;
    cursor = page.next;
    if (taken.has(cursor)) {
      throw new AppError(
        "SOURCE_CHANGED",
        `The source ${source} gave the same cursor for two pages of ${path}, which would never end. Tell whoever runs it.`,
        { details: { source, path } },
      );
    }
    taken.add(cursor);
  }
}

function readPage(source: string, path: string, body: Buffer): { rows: PageRow[]; next: string | null } {
  const isWhole = isUtf8(body);
  let page: unknown;
  try {
    page = parseJson(body.toString("utf8"));
  } catch {
    // Said below.
  }
  if (!isObject(page) || !Array.isArray(page.rows) || !isNext(page.next)) {
    throw new AppError(
      "SOURCE_CHANGED",
      `The source ${source} answered ${path} with something else than {"rows": […], "next": text or null}. See that its address is that of such an interface.`,
      { details: { source, path } },
    );
  }
  return {
    next: page.next ?? null,
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

function isNext(next: unknown): next is string | null | undefined {
  return typeof next === "string" || next === null || next === undefined;
}
