import type { Token } from "./text";

const monthNames =
  "january february march april may june july august september october november december".split(" ");

/** A day, a whole month (`day` null) or a whole year (`month` null too), written at some place of the message. `end` is the index after its last word. */
export interface WrittenDate {
  year: number | null;
  month: number | null;
  day: number | null;
  /** The text of a full instant, when one was written. */
  instant: string | null;
  end: number;
}

/** Reads `30 June 2026`, `June 30th, 2026`, `June 2026`, `2026-06-30`, `30/06/2026` (day first) or an ISO instant. */
export function dateAt(tokens: Token[], at: number): WrittenDate | null {
  const word = tokens[at]?.word ?? "";
  const iso = /^(\d{4})-(\d{2})-(\d{2})(t.*)?$/.exec(word);
  if (iso) return isoDate(tokens, at, iso);
  const slashed = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(word);
  if (slashed) return valid(Number(slashed[3]), Number(slashed[2]), Number(slashed[1]), at + 1);
  if (word === "end" && tokens[at + 1]?.word === "of") return dateAt(tokens, at + 2);
  if (word === "the") return dateAt(tokens, at + 1);

  const day = dayOf(word);
  if (day !== null) {
    const monthAt = tokens[at + 1]?.word === "of" ? at + 2 : at + 1;
    const month = monthOf(tokens[monthAt]?.word);
    return month ? withYear(tokens, monthAt + 1, month, day) : null;
  }
  const month = monthOf(word);
  if (!month) return null;
  const dayAfter = dayOf(tokens[at + 1]?.word ?? "");
  return dayAfter ? withYear(tokens, at + 2, month, dayAfter) : withYear(tokens, at + 1, month, null);
}

/** The last instant of a written date, or the instant itself. Without a year: the latest such day not after `asOf`. */
export function endOf(date: WrittenDate, asOf: string): string {
  if (date.instant) return date.instant;
  const now = new Date(asOf);
  const at = (year: number) =>
    date.day === null
      ? Date.UTC(year, date.month ?? 12, 1) - 1000
      : Date.UTC(year, (date.month ?? 12) - 1, date.day, 23, 59, 59);
  let year = date.year ?? now.getUTCFullYear();
  if (date.year === null && startOf({ ...date, year }, asOf) > asOf.slice(0, 10)) year -= 1;
  return new Date(at(year)).toISOString().replace(".000Z", "Z");
}

/** The first day of a written date as `YYYY-MM-DD`. */
export function startOf(date: WrittenDate, asOf: string): string {
  if (date.instant) return date.instant;
  const year = date.year ?? new Date(asOf).getUTCFullYear();
  return `${year}-${String(date.month ?? 1).padStart(2, "0")}-${String(date.day ?? 1).padStart(2, "0")}`;
}

export function monthOf(word: string | undefined): number | null {
  if (!word || word.length < 3) return null;
  const index = monthNames.findIndex(
    (name) => name === word || (name.startsWith(word.replace(/\.$/, "")) && word.length <= 4),
  );
  return index < 0 ? null : index + 1;
}

function isoDate(tokens: Token[], at: number, match: RegExpExecArray): WrittenDate | null {
  const [, year, month, day, time] = match;
  const date = valid(Number(year), Number(month), Number(day), at + 1);
  // The colons of a time end a word: 2026-06-30T12:00:00Z comes as several.
  if (!date || !time) return date;
  let text = match[0];
  let end = at + 1;
  while (tokens[end]?.gap === ":" && end < at + 4) text += `:${tokens[end++]?.word}`;
  const instant = new Date(/z$|[+-]\d{2}/.test(text.slice(11)) ? text : `${text}z`);
  return Number.isNaN(instant.getTime())
    ? date
    : { ...date, instant: instant.toISOString().replace(".000Z", "Z"), end };
}

function dayOf(word: string): number | null {
  const match = /^(\d{1,2})(st|nd|rd|th)?$/.exec(word);
  const day = match ? Number(match[1]) : 0;
  return day >= 1 && day <= 31 ? day : null;
}

function withYear(tokens: Token[], at: number, month: number, day: number | null): WrittenDate | null {
  const yearAt = tokens[at]?.word === "of" ? at + 1 : at;
  const year = /^(19|20)\d{2}$/.test(tokens[yearAt]?.word ?? "") ? Number(tokens[yearAt]?.word) : null;
  if (year === null && day === null) return null;
  return valid(year, month, day, year === null ? at : yearAt + 1);
}

function valid(year: number | null, month: number, day: number | null, end: number): WrittenDate | null {
  if (month < 1 || month > 12) return null;
  const inMonth = new Date(Date.UTC(year ?? 2024, month, 0)).getUTCDate();
  return day !== null && (day < 1 || day > inMonth) ? null : { year, month, day, instant: null, end };
}
