import { stem } from "./stem";
import { thesaurus } from "./thesaurus";

/** Stem, or stems of an idiom with a blank between → ids of the groups it belongs to. */
const members = readThesaurus();
const longest = Math.max(...[...members.keys()].map((key) => key.split(" ").length));

/** Ids of the groups of a single stem. */
export function conceptsOf(stemmed: string): string[] {
  return members.get(stemmed) ?? [];
}

/** Every single word of the thesaurus, as its stem. */
export function thesaurusStems(): string[] {
  return [...members.keys()].filter((key) => !key.includes(" "));
}

/** Most words begin no idiom, and need not be joined with those after them. */
const idiomStarts = new Set(
  [...members.keys()].flatMap((key) => (key.includes(" ") ? key.split(" ")[0] : [])),
);

/** The longest idiom of two or more words that starts at `at`. */
export function longestIdiom(stems: string[], at: number): { length: number; concepts: string[] } | null {
  if (!idiomStarts.has(stems[at])) return null;
  for (let length = Math.min(longest, stems.length - at); length > 1; length -= 1) {
    const concepts = members.get(stems.slice(at, at + length).join(" "));
    if (concepts) return { length, concepts };
  }
  return null;
}

function readThesaurus(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const line of thesaurus.trim().split("\n")) {
    const [name = "", entries = ""] = line.split("=");
    for (const entry of entries.split(",")) {
      const key = entry
        .trim()
        .split(/[\s-]+/)
        .map(stem)
        .join(" ");
      found.set(key, [...new Set([...(found.get(key) ?? []), `~${name.trim()}`])]);
    }
  }
  return found;
}
