import type { Filter } from "@/lib/feature-set/schema";
import { cueAt, numberWords, scales, unitSeconds } from "./lexicon";
import { singular, type Token } from "./text";

/** A comparison with numbers, before it is known which column it speaks of. */
export interface Condition {
  operator: Filter["operator"];
  values: number[];
  unit: "percent" | "money" | "time" | "distance" | null;
  /** For `time`: seconds of one unit. */
  unitSeconds: number;
  /** Words that the comparison itself says of the column: `older` speaks of age. */
  hints: string[];
  start: number;
  end: number;
}

type Operator = Condition["operator"];
const sequences = (text: string) => text.split("|").map((entry) => entry.split(" "));

const before: [Operator, string[][]][] = [
  [
    "gte",
    sequences(
      "at least|atleast|no less than|not less than|no fewer than|not fewer than|minimum|minimum of|min|>=|≥|kam se kam|upwards of|starting at",
    ),
  ],
  [
    "lte",
    sequences(
      "at most|atmost|no more than|not more than|no greater than|not above|not over|up to|upto|maximum|maximum of|max|<=|≤|not exceeding|not more|capped at",
    ),
  ],
  [
    "gt",
    sequences(
      "more than|over|above|greater than|exceeding|exceeds|higher than|>|beyond|better than|north of|more",
    ),
  ],
  ["lt", sequences("less than|fewer than|under|below|lower than|<|worse than|south of")],
  ["in", sequences("exactly|equal to|equals|=|==|precisely")],
];
const after: [Operator, string[][]][] = [
  [
    "gte",
    sequences(
      "or more|and more|or above|and above|or higher|and higher|or better|and up|or greater|+|plus|minimum|at least",
    ),
  ],
  ["lte", sequences("or less|or fewer|or below|and below|or lower|or under|and under|maximum|at most")],
  ["gt", sequences("se zyada|se jyada|se upar")],
  ["lt", sequences("se kam|se neeche")],
];
/** Comparatives that name the quantity themselves, before "than". */
const comparatives: Record<string, [Operator, string]> = {
  older: ["gt", "age"],
  younger: ["lt", "age"],
  newer: ["lt", "age"],
  cheaper: ["lt", "price"],
  costlier: ["gt", "price"],
  pricier: ["gt", "price"],
  bigger: ["gt", "size"],
  larger: ["gt", "size"],
  smaller: ["lt", "size"],
  longer: ["gt", "duration"],
  shorter: ["lt", "duration"],
  farther: ["gt", "distance"],
  further: ["gt", "distance"],
  closer: ["lt", "distance"],
  nearer: ["lt", "distance"],
};

/** Nobody compares more often in one message; each is held against every numeric column. */
const maxConditions = 30;

/** Finds the comparisons with numbers and marks their words. */
export function readConditions(tokens: Token[]): Condition[] {
  const found: Condition[] = [];
  for (let at = 0; at < tokens.length && found.length < maxConditions; at++) {
    const condition = conditionAt(tokens, at);
    if (!condition) continue;
    for (const token of tokens.slice(condition.start, condition.end)) token.mark = "filter";
    found.push(condition);
    at = condition.end - 1;
  }
  return found;
}

function conditionAt(tokens: Token[], at: number): Condition | null {
  const found =
    betweenAt(tokens, at) ?? comparativeAt(tokens, at) ?? prefixedAt(tokens, at) ?? suffixedAt(tokens, at);
  // "At least 10 years old" speaks of age as "older than 10 years" does.
  const isAge = found?.unit === "time" && tokens[found.end]?.word === "old";
  return found && isAge ? { ...found, hints: ["age"], end: found.end + 1 } : found;
}

function betweenAt(tokens: Token[], at: number): Condition | null {
  const opens = cueAt(tokens, at, sequences("between|from|within|in the range|ranging from"));
  const first = amountAt(tokens, at + opens);
  if (!first) return null;
  const dash = tokens[first.end]?.gap === "-";
  const joins = cueAt(tokens, first.end, sequences("and|to|till|se"));
  if (!(opens > 0 && joins > 0) && !dash && tokens[first.end]?.word !== "to") return null;
  const second = amountAt(tokens, first.end + (dash ? 0 : Math.max(joins, 1)));
  if (!second) return null;
  // "Between 3 and 5 lakh": the scale and the unit are said once, at the end.
  const scale = first.scale === 1 ? second.scale : 1;
  const values = [first.value * scale, second.value].sort((a, b) => a - b);
  return { ...second, operator: "between", values, hints: [], start: at, end: second.end };
}

function comparativeAt(tokens: Token[], at: number): Condition | null {
  const comparative = comparatives[tokens[at]?.word ?? ""];
  if (!comparative || tokens[at + 1]?.word !== "than") return null;
  const amount = amountAt(tokens, at + 2);
  if (!amount) return null;
  return { ...amount, operator: comparative[0], values: [amount.value], hints: [comparative[1]], start: at };
}

function prefixedAt(tokens: Token[], at: number): Condition | null {
  for (const [operator, cues] of before) {
    const length = cueAt(tokens, at, cues);
    // "Start over: one row …" compares nothing.
    if (length === 0 || !/^[\s(]*$/.test(tokens[at + length]?.gap ?? "")) continue;
    const amount = amountAt(tokens, at + length);
    if (amount) return { ...amount, operator, values: [amount.value], hints: [], start: at };
  }
  return null;
}

function suffixedAt(tokens: Token[], at: number): Condition | null {
  const amount = amountAt(tokens, at);
  if (!amount || amount.word) return null;
  for (const [operator, cues] of after) {
    const length = cueAt(tokens, amount.end, cues);
    if (length === 0) continue;
    // "10 plus the geo features" is an addition; "10+ listings" and "10 plus listings" are not told apart here.
    return { ...amount, operator, values: [amount.value], hints: [], start: at, end: amount.end + length };
  }
  return null;
}

interface Amount {
  value: number;
  scale: number;
  unit: Condition["unit"];
  unitSeconds: number;
  end: number;
  /** Said as a word: "ten", "a". */
  word: boolean;
}

/** A number with what belongs to it: `₹ 5 lakh`, `20 %`, `3 years`, `10k`. */
export function amountAt(tokens: Token[], at: number): Amount | null {
  let next = at;
  let unit: Amount["unit"] = null;
  if (/^(₹|\$|rs|rs\.|inr|rupees)$/.test(tokens[next]?.word ?? "")) {
    unit = "money";
    next++;
  }
  const token = tokens[next];
  if (!token || token.mark) return null;
  const [, digits = "", letters = "", percent = ""] = /^(\d+(?:\.\d+)?)(\p{L}*)(%?)$/u.exec(token.word) ?? [];
  const word = digits === "";
  const bare = word ? numberWords[token.word] : Number(digits);
  if (bare === undefined) return null;
  let scale = 1;
  if (letters) {
    const named = scales[letters];
    const timed =
      unitSeconds[singular(letters)] ?? { d: 86_400, h: 3600, w: 604_800, y: 31_536_000 }[letters];
    if (named) scale = named;
    else if (timed) return { value: bare, scale, unit: "time", unitSeconds: timed, end: next + 1, word };
    else return null;
  }
  next++;
  if (percent) unit = "percent";
  if (token.word === "a" || token.word === "an") {
    // Only "a hundred", "an hour": the article alone is no number.
    if (!scales[tokens[next]?.word ?? ""] && !unitSeconds[singular(tokens[next]?.word ?? "")]) return null;
  }
  const said = tokens[next]?.mark ? undefined : tokens[next]?.word;
  if (said && !letters && scales[said] && !(said.length === 1 && tokens[next]?.gap !== "")) {
    scale = scales[said];
    next++;
  }
  const tail = readUnit(tokens, next);
  return {
    value: bare * scale,
    scale,
    unit: tail.unit ?? unit,
    unitSeconds: tail.seconds,
    end: tail.end,
    word,
  };
}

function readUnit(tokens: Token[], at: number): { unit: Amount["unit"]; seconds: number; end: number } {
  const word = tokens[at]?.mark ? "" : (tokens[at]?.word ?? "");
  if (word === "%" || word === "percent" || word === "pct")
    return { unit: "percent", seconds: 0, end: at + 1 };
  if (word === "per" && tokens[at + 1]?.word === "cent") return { unit: "percent", seconds: 0, end: at + 2 };
  if (/^(rupees?|rs|inr|₹)$/.test(word)) return { unit: "money", seconds: 0, end: at + 1 };
  if (/^(miles?|kms?|kilomet(re|er)s?|met(re|er)s?)$/.test(word))
    return { unit: "distance", seconds: 0, end: at + 1 };
  const seconds = unitSeconds[singular(word)];
  // "min" after a number may also be "minimum"; a comparison is read before.
  return seconds && word !== "min"
    ? { unit: "time", seconds, end: at + 1 }
    : { unit: null, seconds: 0, end: at };
}
