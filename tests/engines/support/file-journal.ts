import { appendFile, readFile } from "node:fs/promises";
import type { QueryJournal } from "@/lib/warehouse";

/** Remembers queries in a file, so that another process finds them. */
export function fileJournal(file: string): QueryJournal & { ids(): Promise<string[]> } {
  const entries = async () => {
    const text = await readFile(file, "utf8").catch(() => "");
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as [string, string]);
  };
  return {
    find: async (statement) => new Map(await entries()).get(statement) ?? null,
    record: (statement, queryId) => appendFile(file, `${JSON.stringify([statement, queryId])}\n`),
    ids: async () => (await entries()).map(([, queryId]) => queryId),
  };
}
