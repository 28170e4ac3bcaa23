/**
 * A text of the data as words within a sentence: one line, and nothing in it that Markdown or a terminal would obey. Marks
 * become signs that look like them.
 */
export function plainWords(text: string): string {
  return text
    .replace(/\p{Cc}+|[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, " ")
    .replace(/\s+/g, " ")
    .replaceAll("*", "∗")
    .replaceAll("`", "‘")
    .trim();
}
