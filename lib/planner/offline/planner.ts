import type { Planner, PlannerContext } from "../port";
import type { PlannedRequest } from "../schema";
import { answerOpening, emptyRequest } from "./answer-opening";
import { answerQuestion } from "./answer-question";
import { type Clause, endExclusionsOfValues, splitClauses } from "./clauses";
import { readConditions } from "./conditions";
import { readDateFilters } from "./date-filters";
import { readEntity } from "./entity";
import { excludesPersonal, readNullRates } from "./exclusions";
import { readFilterRemovals } from "./filter-removals";
import { readFlagFilters } from "./flag-filters";
import { readInclusions } from "./inclusions";
import { readOpening } from "./intent";
import { fillers } from "./lexicon";
import { numberFilters, readNumbers } from "./number-filters";
import { readPhrases } from "./phrases";
import { type ReadQuestion, readQuestion } from "./questions";
import { type Token, tokenize } from "./text";
import { readTimes } from "./times";
import { valueFilters } from "./value-filters";
import { readValues } from "./values";
import { vocabularyOf } from "./vocabulary";

/**
 * A planner without a language model: the same words always give the same request. Each step takes the words it
 * understands and marks them; what is left over is searched for as features, phrase by phrase.
 */
export function offlinePlanner(): Planner {
  return {
    name: "offline",
    async plan(message, context) {
      return { request: await readMessage(message, context), notices: [] };
    },
    async answer(question, context) {
      return {
        answer: await answerQuestion(await readOpenQuestion(question, context), context),
        notices: [],
      };
    },
  };
}

async function readMessage(message: string, context: PlannerContext): Promise<PlannedRequest> {
  return (await readOpenQuestion(message, context))
    ? { ...emptyRequest, intent: "query", subject: message.trim().slice(0, 200) }
    : readRequest(message, context);
}

/** Null where the message is something else. */
function readOpenQuestion(message: string, context: PlannerContext): Promise<ReadQuestion | null> {
  return readQuestion(tokenize(readable(message)), vocabularyOf(context.registry), (words) =>
    readRequest(words, { ...context, featureSet: null }),
  );
}

async function readRequest(message: string, context: PlannerContext): Promise<PlannedRequest> {
  const tokens = tokenize(readable(message));
  const vocabulary = vocabularyOf(context.registry);
  if (tokens.length === 0 && /\p{L}/u.test(message.slice(0, 40_000))) return emptyRequest;
  const opening = readOpening(tokens);
  if (opening.kind !== "work" && opening.kind !== "count")
    return answerOpening(opening, tokens, vocabulary, context);

  if (opening.kind === "count") markVerb(tokens);
  const times = readTimes(tokens, context.registry);
  const { excludes, rest: conditions } = readNullRates(tokens, readConditions(tokens));
  const rows = readEntity(tokens, vocabulary, context.featureSet);
  const entity = rows.entity ?? entityOf(context);
  const rankings = readRankings(tokens);
  const dates = readDateFilters(tokens, entity, vocabulary);
  const clauses = splitClauses(tokens);
  const personal = excludesPersonal(clauses);
  const removals = readFilterRemovals(clauses, context.featureSet, vocabulary);
  const compared = readNumbers(conditions, clauses, entity, vocabulary, context.featureSet);
  const values = readValues(clauses, vocabulary);
  const ruledOut = readRuledOutRows(clauses);
  endExclusionsOfValues(
    clauses,
    (clause) => values.some((one) => one.clause === clause) || ruledOut.includes(clause),
  );
  const flags = readFlagFilters(clauses, entity, vocabulary);
  const numbers = numberFilters(compared);
  const named = valueFilters(values, tokens, entity, vocabulary, context.featureSet);
  const asked = await readInclusions(
    readPhrases(clauses, vocabulary),
    clauses,
    times,
    entity,
    vocabulary,
    context,
  );

  const request: PlannedRequest = {
    ...emptyRequest,
    entity: rows.entity,
    stamp: times.stamp,
    asOf: times.asOf,
    include: asked.include,
    exclude: [...personal, ...excludes, ...asked.exclude],
    filters: [...removals, ...named.filters, ...flags, ...numbers.filters, ...dates],
    unresolved: [
      ...rows.unresolved,
      ...rankings,
      ...ruledOut.map(unknownRowsOf),
      ...named.unresolved,
      ...numbers.unresolved,
      ...asked.unresolved,
    ],
  };
  if (times.stamp && times.stamp !== context.registry.stamp) {
    request.unresolved.push({
      phrase: times.stamp,
      reason: "stamp_unknown",
      table: null,
      column: null,
      suggestions: [context.registry.stamp],
    });
  }
  if (opening.kind === "count" && !wishes(tokens, asked.include))
    return { ...request, intent: "count", include: [], exclude: [], subject: message.trim().slice(0, 200) };
  return { ...request, intent: intentOf(request, clauses, context) };
}

const sql =
  /^\s*(select\b[\s\S]*\bfrom|insert\s+into|update\s+\S+\s+set|delete\s+from|(drop|create|alter|truncate)\s+table)\b/i;

/** Without markup and without the commas in numbers; a statement of SQL is not words. */
function readable(message: string): string {
  const text = message.slice(0, 40_000);
  if (sql.test(text)) return "sql";
  return text
    .replace(/<(script|style)\b[^>]{0,200}>[^<]{0,2000}/gi, " ")
    .replace(/<\/?[a-z][^<>]{0,200}>/gi, " ")
    .replace(/(\d),(?=\d{2,3}(?!\d))/g, "$1");
}

/** "Except dealers", where dealers are just what the rows are about: rows that no column tells apart. */
function readRuledOutRows(clauses: Clause[]): Clause[] {
  return clauses.filter(({ mood, swap, tokens }) => {
    const said = tokens.filter(({ mark, word }) => mark !== null || !fillers.has(word));
    return mood === "exclude" && !swap && said.length > 0 && said.every(({ mark }) => mark === "entity");
  });
}

function unknownRowsOf({ tokens }: Clause): PlannedRequest["unresolved"][number] {
  const text = tokens
    .filter(({ mark }) => mark === "entity")
    .map((token) => token.text)
    .join(" ");
  return { phrase: `not ${text}`, reason: "features_unknown", table: null, column: null, suggestions: [] };
}

/** "Count sellers": what is to be done, not a feature. */
function markVerb(tokens: Token[]): void {
  const verb = tokens.find(({ word }, at) => /^(count|kitne)$/.test(word) && tokens[at + 1]?.word !== "of");
  if (verb) verb.mark = "filler";
}

/** "Number of listings per seller, city demographics" begins like a question, and asks for a matrix. */
function wishes(tokens: Token[], include: PlannedRequest["include"]): boolean {
  const asks = /^(how|kitne|what|what's)$/.test(tokens[0]?.word ?? "");
  const perRow = tokens.some(({ word }, at) => word === "per" && tokens[at + 1]?.mark === "entity");
  return include.length > 0 && (perRow || !asks);
}

/** "The top 10": rows are filtered, never ranked, and the person is told. */
function readRankings(tokens: Token[]): PlannedRequest["unresolved"] {
  return tokens.flatMap(({ word, text }, at) => {
    const count = tokens[at + 1]?.text ?? "";
    if (!/^(top|bottom|best|worst)$/.test(word) || !/^\d+%?$/.test(count)) return [];
    for (const token of tokens.slice(at, at + 2)) token.mark = "cue";
    return [
      { phrase: `${text} ${count}`, reason: "features_unknown", table: null, column: null, suggestions: [] },
    ];
  });
}

function entityOf({ featureSet }: PlannerContext): string | null {
  return featureSet?.spine.kind === "population" ? featureSet.spine.entity : null;
}

function intentOf(
  request: PlannedRequest,
  clauses: Clause[],
  { featureSet }: PlannerContext,
): PlannedRequest["intent"] {
  const { include, exclude, filters, unresolved, stamp, asOf, entity } = request;
  const says =
    include.length + exclude.length + filters.length + unresolved.length + (stamp ? 1 : 0) + (asOf ? 1 : 0);
  // A place that is not in the data, and nothing else: "the capital of France".
  const isElsewhere =
    unresolved.length === says && unresolved.every(({ reason }) => reason === "value_unknown");
  if (
    (says === 0 || (isElsewhere && !featureSet && !entity)) &&
    (!entity || (featureSet !== null && entity === entityOf({ featureSet } as PlannerContext)))
  )
    return "off_topic";
  if (!featureSet) return "build";
  const anew = clauses.some(
    ({ cue, tokens }) =>
      /^(build|create)/.test(cue) || tokens.some(({ word }) => /^(scratch|new|fresh|anew)$/.test(word)),
  );
  const otherRows = entity !== null && entity !== entityOf({ featureSet } as PlannerContext);
  return (anew && entity !== null) || otherRows ? "build" : "refine";
}
