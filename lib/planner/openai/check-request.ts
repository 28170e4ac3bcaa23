import { readJson } from "@/lib/language-model";
import type { Feature, Registry } from "@/lib/registry/types";
import { exportWords, fillers } from "../offline/lexicon";
import { asksForFigures } from "../offline/questions";
import { tokenize } from "../offline/text";
import { valueKey, vocabularyOf } from "../offline/vocabulary";
import { type PlannedRequest, requestSchema } from "../schema";

export type CheckedAnswer = { value: PlannedRequest } | { problems: string[] };

const numeric = new Set(["integer", "float", "decimal"]);

/**
 * A model's answer as a request whose every table, feature, column, value and role exists and that the message gives reason
 * for, or what is wrong with it. `plain` is the intent that the message has by its words alone.
 */
export function checkAnswer(
  text: string,
  message: string,
  plain: PlannedRequest["intent"],
  registry: Registry,
): CheckedAnswer {
  const json = readJson(text);
  if (json === undefined) return { problems: ["The answer is not a JSON object."] };
  const parsed = requestSchema.safeParse(json);
  if (!parsed.success) {
    return {
      problems: parsed.error.issues.map((one) => `${one.path.join(".")}: ${one.message}`).slice(0, 10),
    };
  }
  const request = {
    ...parsed.data,
    filters: parsed.data.filters.map((one) => withKnownSpelling(one, registry)),
  };
  const problems = [...problemsOf(request, registry), ...unaskedFor(request, message, plain)];
  return problems.length > 0
    ? { problems: problems.slice(0, 10) }
    : { value: inPersonsWords(request, message, registry) };
}

function problemsOf(request: PlannedRequest, registry: Registry): string[] {
  const problems: string[] = [];
  const tables = new Set(registry.tables.map(({ name }) => name));
  const features = new Map(registry.features.map((one) => [`${one.table}.${one.name}`, one]));
  const roles = new Set(registry.tables.flatMap(({ keys }) => keys.flatMap(({ role }) => role ?? [])));
  const checkTable = (name: string) => {
    if (!tables.has(name)) problems.push(`There is no table ${name}.`);
  };
  const checkFeature = ({ table, feature }: { table: string; feature: string }, counts = false) => {
    const found = features.get(`${table}.${feature}`);
    if (!found) problems.push(`There is no feature ${table}.${feature}.`);
    else if (found.isKey && !counts) problems.push(`${table}.${feature} is a key, not a feature.`);
  };
  if (request.entity !== null && !registry.entities.some(({ name }) => name === request.entity)) {
    problems.push(
      `There is no entity ${request.entity}. There is: ${registry.entities.map(({ name }) => name).join(", ")}.`,
    );
  }
  for (const include of request.include) {
    for (const table of include.tables) checkTable(table);
    for (const feature of include.features) checkFeature(feature, include.aggregation === "count");
    if (include.role !== null && !roles.has(include.role)) problems.push(`There is no role ${include.role}.`);
  }
  for (const exclude of request.exclude) {
    for (const table of exclude.kind === "tables" ? exclude.tables : []) checkTable(table);
    for (const feature of exclude.kind === "features" ? exclude.features : []) checkFeature(feature);
  }
  for (const filter of request.filters) {
    const column = features.get(`${filter.table}.${filter.column}`);
    if (column) problems.push(...filterProblems(filter, column, registry));
    else problems.push(`There is no column ${filter.table}.${filter.column}.`);
  }
  return problems;
}

/** "What does … mean?" */
const meaningAsked =
  /^\W*(?:and |so |but )*wh?at (?:does|do|is meant by)\b.*\b(?:mean|stand for|meant by \S+)\W*$/i;
/** "As of March", "v2026.11", "known last week"; not "marketing", "the last 90 days" or "may I". */
const timeSaid = new RegExp(
  [
    "\\bv?(?:19|20)\\d\\d\\b|\\b\\d{1,2}[./-]\\d{1,2}\\b|\\bq[1-4]\\b",
    "\\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\b",
    "\\b(?:in|of|since|until|till|by|before|after|last|late|early|mid) may\\b",
    "\\b(?:yesterday|today|tomorrow|now|ago|kal|aaj|as (?:of|at|on)|known|knew)\\b",
    "\\b(?:last|previous|this|next|of|of the) (?:week|month|quarter|year)\\b",
  ].join("|"),
  "i",
);

/**
 * What the person's words give no reason for. A model may have taken it from a text of the data, and data ask for nothing.
 * So nothing runs on words that name nothing of the mart or ask for a meaning, figures are asked for by a question, an export by a word of exporting, and a table, a filter or what is left out by some word of its phrase.
 */
function unaskedFor(request: PlannedRequest, message: string, plain: PlannedRequest["intent"]): string[] {
  const { intent, include, exclude, filters, asOf, stamp } = request;
  if (runs(intent) && (!reasonFor(intent, plain) || meaningAsked.test(message)))
    return [`The message asks for no ${intent}.`];
  if (isOfFigures(intent) && !isOfFigures(plain) && !asksForFigures(message))
    return [`The message asks for features, not for figures: its intent is no ${intent}.`];
  const tokens = tokenize(message);
  const said = new Set(tokens.flatMap(({ word, stem }) => [word, stem]));
  const isSaid = (phrase: string) => {
    const words = tokenize(phrase);
    const telling = words.filter(({ word }) => !fillers.has(word));
    // "The" and "of" are in every message: they count only where there is nothing else.
    return (telling.length > 0 ? telling : words).some(({ word, stem }) => said.has(word) || said.has(stem));
  };
  // Personal and empty columns are left out by kind, in words that need not be the person's: that only narrows.
  const named = exclude.filter(({ kind }) => kind === "tables" || kind === "features");
  const strange = [...include, ...named, ...filters].filter(({ phrase }) => !isSaid(phrase));
  return [
    ...strange.map(({ phrase }) => `No word of “${phrase}” is in the message; copy the phrase from it.`),
    ...((asOf || stamp) && !timeSaid.test(message)
      ? ["The message names no time: asOf and stamp are null."]
      : []),
    ...(intent === "export" && ![...said].some((word) => exportWords.has(word))
      ? ["The message does not ask for an export."]
      : []),
  ];
}

const runs = (intent: PlannedRequest["intent"]) =>
  !["describe", "greet", "help", "off_topic"].includes(intent);

const isOfFigures = (intent: PlannedRequest["intent"]) => intent === "query" || intent === "count";

/** What is described in plain words may be a question of figures too, "what is the usual rent"; it is no matrix. */
function reasonFor(intent: PlannedRequest["intent"], plain: PlannedRequest["intent"]): boolean {
  return runs(plain) || (plain === "describe" && intent === "query");
}

function filterProblems(
  { operator, values, mode }: PlannedRequest["filters"][number],
  column: Feature,
  registry: Registry,
): string[] {
  const name = `${column.table}.${column.name}`;
  if (mode === "remove") return [];
  const wanted = {
    between: 2,
    is_null: 0,
    is_not_null: 0,
    in: null,
    not_in: null,
    gt: 1,
    gte: 1,
    lt: 1,
    lte: 1,
  }[operator];
  if (wanted !== null && values.length !== wanted) return [`${operator} on ${name} takes ${wanted} values.`];
  if (wanted === null && values.length === 0) return [`${operator} on ${name} takes at least one value.`];
  if (numeric.has(column.type) && values.some((value) => typeof value !== "number")) {
    return [`${name} is a number; its values must be numbers.`];
  }
  const known = registry.values.filter((one) => one.table === column.table && one.column === column.name);
  if (known.length === 0 || (operator !== "in" && operator !== "not_in")) return [];
  const unknown = values.filter((value) => !known.some((one) => one.value === value));
  return unknown.map(
    (value) =>
      `${name} has no value “${value}”. If nothing given fits, it belongs in "unresolved" as value_unknown.`,
  );
}

/** Bombay for Mumbai, mumbai for Mumbai: an alias or another case is no error. */
function withKnownSpelling(
  filter: PlannedRequest["filters"][number],
  registry: Registry,
): PlannedRequest["filters"][number] {
  const { values } = vocabularyOf(registry);
  return {
    ...filter,
    values: filter.values.map((value) => {
      if (typeof value !== "string") return value;
      const places = values.get(valueKey(value)) ?? [];
      return (
        places.find(({ table, column }) => table === filter.table && column === filter.column)?.value ?? value
      );
    }),
  };
}

/**
 * Phrases are shown as the person's own words, so they have to be; else the names they stand for are shown. Suggestions
 * have to exist.
 */
function inPersonsWords(request: PlannedRequest, message: string, registry: Registry): PlannedRequest {
  const said = valueKey(message);
  const orNames = (phrase: string, names: string[]) =>
    said.includes(valueKey(phrase)) ? phrase : names.join(", ");
  const known = new Set([
    ...registry.tables.map(({ name }) => name),
    ...registry.features.flatMap(({ table, name }) => [name, `${table}.${name}`]),
    ...registry.values.map(({ value }) => value),
    ...registry.entities.map(({ name }) => name),
    registry.stamp,
  ]);
  return {
    ...request,
    include: request.include.map((one) => ({ ...one, phrase: orNames(one.phrase, one.tables) })),
    exclude: request.exclude.map((one) => ({ ...one, phrase: orNames(one.phrase, [one.kind]) })),
    filters: request.filters.map((one) => ({ ...one, phrase: orNames(one.phrase, [one.column]) })),
    unresolved: request.unresolved
      .filter(({ phrase }) => said.includes(valueKey(phrase.replace(/^not /, ""))))
      .map((one) => ({
        ...one,
        ...columnOf(one, registry),
        suggestions: one.suggestions.filter(
          (text) => known.has(text) || known.has(text.slice(text.indexOf(":") + 1)),
        ),
      })),
    subject: request.subject === null ? null : orNames(request.subject, []) || message.slice(0, 200),
  };
}

function columnOf({ table, column }: PlannedRequest["unresolved"][number], registry: Registry) {
  const exists = registry.features.some((one) => one.table === table && one.name === column);
  return exists ? { table, column } : { table: null, column: null };
}
