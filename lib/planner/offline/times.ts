import type { Registry } from "@/lib/registry/types";
import { amountAt } from "./conditions";
import { dateAt, endOf, monthOf } from "./dates";
import { cueAt } from "./lexicon";
import type { Token } from "./text";

/** What a message says of time, beside the columns it filters by. Positions are indexes of tokens. */
export interface Times {
  stamp: string | null;
  asOf: string | null;
  /** "An hour before departure": how long before its row's own time a feature must be known. */
  delays: { seconds: number; at: number }[];
  /** "The last 90 days": look-back windows. */
  windows: { days: number; at: number }[];
}

const sequences = (text: string) => text.split("|").map((entry) => entry.split(" "));
const asOfCues = sequences(
  "as of|as at|as on|as it was on|as they were on|as known on|as known at|known on|known by|snapshot of|snapshot on|as it stood on|as they stood on",
);
const stampWords = /^(version|stamp|release|edition|build|snapshot|cut)$/;
const lastWords = /^(last|past|previous|trailing|recent|preceding|latest|pichle)$/;
const beforeWords = sequences("before|prior to|ahead of|earlier than|in advance of|pehle");
const spans: Record<string, number> = { week: 7, fortnight: 14, month: 30, quarter: 90, year: 365 };
const day = 86_400;

/** Finds stamps, as-of dates, delays and windows, and marks their words. */
export function readTimes(tokens: Token[], registry: Registry): Times {
  const times: Times = { stamp: null, asOf: null, delays: [], windows: [] };
  for (let at = 0; at < tokens.length; at++) {
    if (tokens[at]?.mark) continue;
    const end =
      readStamp(tokens, at, times) ??
      readAsOf(tokens, at, times, registry) ??
      readDelay(tokens, at, times) ??
      readWindow(tokens, at, times, registry);
    if (end === null) continue;
    for (const token of tokens.slice(at, end)) token.mark = "time";
    at = end - 1;
  }
  return times;
}

function readStamp(tokens: Token[], at: number, times: Times): number | null {
  const word = tokens[at]?.word ?? "";
  const written = /^v?(\d{4})[.](\d{2})$/.exec(word);
  if (written && (word.startsWith("v") || stampWords.test(tokens[at - 1]?.word ?? ""))) {
    times.stamp = `v${written[1]}.${written[2]}`;
    const before = tokens[at - 1];
    if (before && stampWords.test(before.word)) before.mark = "time";
    return at + 1;
  }
  const named = stampWords.test(word)
    ? at + (/^(of|from|for)$/.test(tokens[at + 1]?.word ?? "") ? 2 : 1)
    : at;
  const month = monthOf(tokens[named]?.word);
  const year = /^20\d{2}$/.exec(tokens[named + 1]?.word ?? "");
  const follows = stampWords.test(tokens[named + 2]?.word ?? "");
  if (!month || !year || !(follows || named > at)) return null;
  times.stamp = `v${year[0]}.${String(month).padStart(2, "0")}`;
  return named + (follows ? 3 : 2);
}

function readAsOf(tokens: Token[], at: number, times: Times, registry: Registry): number | null {
  const length = cueAt(tokens, at, asOfCues);
  if (length === 0) return null;
  const date = dateAt(tokens, at + length);
  if (!date) return null;
  times.asOf = endOf(date, registry.asOf);
  return date.end;
}

function readDelay(tokens: Token[], at: number, times: Times): number | null {
  const half = tokens[at]?.word === "half" && /^an?$/.test(tokens[at + 1]?.word ?? "") ? 1 : 0;
  const amount = amountAt(tokens, at + half);
  if (amount?.unit !== "time") return null;
  const seconds = Math.round(amount.value * amount.unitSeconds * (half ? 0.5 : 1));
  const before = cueAt(tokens, amount.end, beforeWords);
  if (before > 0) {
    times.delays.push({ seconds, at });
    // "Before the scheduled departure": what it is before is the row's own time, whatever it is called.
    let end = amount.end + before;
    while (/^(the|its|their|scheduled|actual|planned|each|every)$/.test(tokens[end]?.word ?? "")) end++;
    return tokens[end] && /^\s*$/.test(tokens[end]?.gap ?? "") ? end + 1 : end;
  }
  if (/^(lag|delay|embargo|latency)$/.test(tokens[amount.end]?.word ?? "")) {
    times.delays.push({ seconds, at });
    return amount.end + 1;
  }
  if (
    /^(lagged|delayed)$/.test(tokens[at - 1]?.word ?? "") ||
    (tokens[at - 1]?.word === "by" && /^(lagged|delayed)$/.test(tokens[at - 2]?.word ?? ""))
  ) {
    times.delays.push({ seconds, at });
    return amount.end;
  }
  return null;
}

function readWindow(tokens: Token[], at: number, times: Times, registry: Registry): number | null {
  const start = tokens[at]?.word === "the" ? at + 1 : at;
  const last = lastWords.test(tokens[start]?.word ?? "");
  const over = !last && overAWindow(tokens, at, registry);
  const first = last ? start + 1 : over ? at + 1 : at;
  const amount = amountAt(tokens, first);
  if (
    amount?.unit === "time" &&
    amount.unitSeconds >= day &&
    (last || over || tokens[at + 1]?.gap === "-" || /^\d+d$/.test(tokens[at]?.word ?? ""))
  ) {
    times.windows.push({ days: daysOf(amount.value, amount.unitSeconds), at });
    const tail = tokens[amount.end]?.word;
    return tail === "window" || tail === "lookback" ? amount.end + 1 : amount.end;
  }
  const span = last
    ? spans[tokens[first]?.word ?? ""]
    : { weekly: 7, monthly: 30, quarterly: 90, yearly: 365 }[tokens[at]?.word ?? ""];
  if (!span) return null;
  times.windows.push({ days: span, at });
  return last ? first + 1 : at + 1;
}

/** "Over 30 days" is a window where there are features of that window, unless a duration is compared. */
function overAWindow(tokens: Token[], at: number, registry: Registry): boolean {
  if (!/^(over|in|within|during|across|for)$/.test(tokens[at]?.word ?? "")) return false;
  const amount = amountAt(tokens, at + 1);
  if (
    amount?.unit !== "time" ||
    /^(age|tenure|old|days|months|years|duration)$/.test(tokens[at - 1]?.word ?? "")
  )
    return false;
  const days = daysOf(amount.value, amount.unitSeconds);
  return registry.features.some(({ windowDays }) => windowDays === days);
}

function daysOf(value: number, unitSeconds: number): number {
  const perUnit = { 604800: 7, 2592000: 30, 7776000: 90, 31536000: 365 }[unitSeconds] ?? unitSeconds / day;
  return Math.round(value * perUnit);
}
