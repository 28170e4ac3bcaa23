import type { Token } from "../text";
import { type Aggregate, type TimeUnit, timeUnits } from "./types";

/** The parts of a question, still in the person's words. */
export interface QuestionForm {
  /** What is counted or measured, with the words that narrow it: `dormant sellers`, `asking price`. */
  measured: string;
  /** Said with the measure: `average`. Null: counted, or a column as it is. */
  aggregate: { rule: Aggregate; word: string } | null;
  /** For each of what: `city`. */
  by: string | null;
  /** Words after it that narrow the rows: `in Pune`. */
  rest: string;
  ranking: { first: "greatest" | "least"; limit: number } | null;
  /** "The most listings" is a number of rows, "the highest price" a value, "by listings" may be either. */
  means: "count" | "value" | "either";
  /** Nobody asks for features in this form: what cannot be read is told, not taken for something else. */
  certain: boolean;
  /** "Average price per seller", not asked as a question: where that names the rows of a matrix, it is a feature. */
  mayBeFeature: boolean;
}

const opening =
  "(?:so |and |ok |okay |please |pls |hi |hello |can you |could you |would you |tell me |tell us |show me |show us |show |give me |give us |find |list |i want to know |i would like to know |do you know )*";
const asked = `^(${opening})(?:what is |what are |what was |what were |whats |which are |which is |which were )?(?:the )?`;
const most = "most|highest|largest|greatest|biggest|maximum";
const least = "fewest|least|lowest|smallest|minimum";
const superlative = `(${most}|${least})`;
const number = "(\\d{1,3}|two|three|five|ten|twenty)";
const aggregateWords: Record<string, Aggregate> = {
  ...{
    average: "avg",
    avg: "avg",
    mean: "avg",
    median: "median",
    typical: "median",
    total: "sum",
    sum: "sum",
  },
  ...{ minimum: "min", min: "min", lowest: "min", maximum: "max", max: "max", highest: "max" },
};
const byCue =
  "(by|per|for each|for every|in each|in every|of each|of every|across|grouped by|split by|broken down by)";
const restCue =
  "in|for|of|from|among|where|with|since|at|on|over|under|within|between|who|that|which|whose|during";

const whichHas = new RegExp(
  `^${opening}(?:which|what|wich) (.+?) (?:has|have|had|holds|hold|gets|get|sees|see|shows|show) the ${superlative} (.+)$`,
  "i",
);
const topBy = new RegExp(`${asked}(top|bottom) (?:${number} )?(.+?) (?:by|in|for) (.+)$`, "i");
const withMost = new RegExp(`${asked}(?:${number} )?(.+?) with the ${superlative} (.+)$`, "i");
const howManyEach = new RegExp(
  `^${opening}how many (.+?) (?:does|do|did) (?:each|every) (.+?) (?:have|has|get|hold|sell)$`,
  "i",
);
const countOf = new RegExp(
  `^(${opening})(how many|what is the number of|what is the count of|the number of|number of|count of|the count of|count) (.+)$`,
  "i",
);
const aggregateOf = new RegExp(
  `${asked}(${Object.keys(aggregateWords).join("|")})(?: value)?(?: of)?(?: the)? (.+)$`,
  "i",
);
const numbers: Record<string, number> = { two: 2, three: 3, five: 5, ten: 10, twenty: 20 };
const usualRanking = 10;
/** Words of somebody who builds a matrix, or changes one. */
const building =
  /\b(features?|matrix|matrices|dataset|data set|training|columns?|tables?|add|build|create|include|including|exclude|excluding|without|export|drop|remove|keep|join|also|pii|my)\b|\bmeans?$/i;

const asking = new RegExp(
  `^${opening}(?:which|wich|what|whats|who|whose|where|when|why|how|kitne|kaun|kya|compare|distribution)\\b`,
  "i",
);
const wish =
  /\b(features?|matrix|matrices|dataset|data set|training|columns?|add|build|create|include|including|exclude|excluding|export|remove)\b/i;

/**
 * Do these words ask for figures, also where nothing in them is read: begun with a question word, or with one of comparing?
 * "Rent by town?" may be a wish for features as well, and nothing that speaks of features or a matrix asks for figures.
 */
export function asksForFigures(message: string): boolean {
  const text = message.replace(/\s+/g, " ").trim();
  return asking.test(text) && !wish.test(text);
}

/** Is this one whole question about the data, and of what parts? Words with a pause between them are no such question. */
export function readForm(tokens: Token[]): QuestionForm | null {
  if (tokens.length < 3 || tokens.length > 40) return null;
  if (tokens.slice(1).some(({ gap }) => /[^\s\-'’"“”]/.test(gap))) return null;
  const words = tokens.map(({ text, word, possessive }) =>
    possessive && /^(what|who|which)$/.test(word) ? `${word} is` : text,
  );
  const text = words.join(" ");
  if (building.test(text)) return null;
  return readRanking(text) ?? readCount(text) ?? readAggregate(text);
}

function readRanking(text: string): QuestionForm | null {
  const which = whichHas.exec(text);
  if (which) {
    const [, by = "", word = "", measured = ""] = which;
    return ranked(by, word, measured, usualRanking, true);
  }
  const top = topBy.exec(text);
  if (top) {
    const [, , side = "", limit, by = "", measured = ""] = top;
    const form = ranked(
      by,
      side.toLowerCase() === "top" ? "most" : "least",
      measured,
      limitOf(limit),
      limit !== undefined,
    );
    return { ...form, means: form.aggregate ? "value" : "either" };
  }
  const most = withMost.exec(text);
  if (!most) return null;
  const [, , limit, by = "", word = "", measured = ""] = most;
  return ranked(by, word, measured, limitOf(limit), true);
}

function ranked(by: string, word: string, said: string, limit: number, certain: boolean): QuestionForm {
  const measured = said.replace(/^(?:the )?(?:number|count|amount) of /i, "");
  const counts = measured !== said || /^(most|fewest|least)$/i.test(word);
  const aggregate = aggregateAt(measured);
  const [what, rest] = splitRest(aggregate ? aggregate.after : measured);
  return {
    measured: what,
    aggregate: aggregate && { rule: aggregate.rule, word: aggregate.word },
    by: by.replace(/^(?:the|of the|of) /i, ""),
    rest,
    ranking: { first: isGreatest(word) ? "greatest" : "least", limit },
    means: aggregate ? "value" : counts ? "count" : "value",
    certain,
    mayBeFeature: false,
  };
}

function readCount(text: string): QuestionForm | null {
  const each = howManyEach.exec(text);
  const counted = each ? null : countOf.exec(text);
  const [, open = "", verb = "", said = ""] = counted ?? [];
  const parts = each
    ? { what: each[1] ?? "", by: each[2] ?? "", cue: "each", rest: "" }
    : splitBy(said.replace(/ (?:are|were|is|was) there\b/i, ""));
  if (!parts) return null;
  const asks = each !== null || open !== "" || /^(how|what|count$)/i.test(verb);
  return {
    ...{ measured: parts.what.replace(/ (?:are|were|is|was)$/i, ""), by: parts.by, rest: parts.rest },
    ...{ aggregate: null, ranking: null, means: "count", certain: asks, mayBeFeature: !asks },
  };
}

function readAggregate(text: string): QuestionForm | null {
  const [whole, , word = "", said = ""] = aggregateOf.exec(text) ?? [];
  if (whole === undefined) return null;
  const rule = aggregateWords[word.toLowerCase()];
  const parts = splitBy(said);
  const asks = /\b(what|whats|show|tell|give|which|list|find)\b/i.test(text.slice(0, text.indexOf(word)));
  if (!rule) return null;
  if (!parts) {
    const [measured, rest] = splitRest(said);
    return rest === "" || !asks
      ? null
      : {
          measured,
          rest,
          by: null,
          aggregate: { rule, word },
          ranking: null,
          means: "value",
          certain: false,
          mayBeFeature: false,
        };
  }
  const mayBeFeature =
    !asks && /^(per|for each|for every|in each|in every|of each|of every)$/i.test(parts.cue);
  return {
    ...{ measured: parts.what, by: parts.by, rest: parts.rest, aggregate: { rule, word }, ranking: null },
    ...{ means: "value", certain: asks, mayBeFeature },
  };
}

/** `petrol listings per month in Pune` → what, by, rest. Null where nothing says "by". */
function splitBy(said: string): { what: string; by: string; cue: string; rest: string } | null {
  const [, what = "", cue = "", after = ""] = new RegExp(`^(.+?) ${byCue} (.+)$`, "i").exec(said) ?? [];
  if (!what) return null;
  const [by, rest] = splitRest(after.replace(/^(?:the|each|every) /i, ""));
  const [narrowed, before] = splitRest(what);
  return { what: narrowed, by, cue, rest: [before, rest].filter(Boolean).join(" ") };
}

function splitRest(said: string): [what: string, rest: string] {
  const [, what = said, rest = ""] = new RegExp(`^(.+?) ((?:${restCue}) .+)$`, "i").exec(said) ?? [];
  return [what, rest];
}

function aggregateAt(said: string): { rule: Aggregate; word: string; after: string } | null {
  const [, word = "", after = ""] = /^(\w+)(?: of)?(?: the)? (.+)$/i.exec(said) ?? [];
  const rule = /^(lowest|highest)$/i.test(word) ? undefined : aggregateWords[word.toLowerCase()];
  return rule ? { rule, word, after } : null;
}

/** "Month", "months", "calendar month". */
export function timeUnitOf(phrase: string): TimeUnit | null {
  const word = phrase
    .toLowerCase()
    .replace(/^calendar /, "")
    .replace(/s$/, "");
  return timeUnits.find((unit) => unit === word) ?? null;
}

const isGreatest = (word: string) => new RegExp(`^(${most})$`, "i").test(word);
const limitOf = (said: string | undefined) =>
  said === undefined ? usualRanking : Math.min(Math.max(numbers[said.toLowerCase()] ?? Number(said), 1), 100);
