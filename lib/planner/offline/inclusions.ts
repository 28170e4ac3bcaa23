import type { PlannerContext } from "../port";
import { distances } from "../reach";
import type { PlannedRequest } from "../schema";
import { aggregateOf, isFiner } from "./aggregates";
import type { Clause } from "./clauses";
import type { Phrase } from "./phrases";
import { type Meaning, resolvePhrase } from "./resolve-phrase";
import { respelt } from "./spelling";
import type { Times } from "./times";
import type { Vocabulary } from "./vocabulary";

type Include = PlannedRequest["include"][number];

/** Searches every phrase on its own and says what is to be put in, what taken out, and what means nothing here. */
export async function readInclusions(
  phrases: Phrase[],
  clauses: Clause[],
  times: Times,
  entity: string | null,
  vocabulary: Vocabulary,
  context: PlannerContext,
): Promise<Pick<PlannedRequest, "include" | "exclude" | "unresolved">> {
  const include: Include[] = [];
  const exclude: PlannedRequest["exclude"] = [];
  const unresolved: PlannedRequest["unresolved"] = [];
  const unfamiliar: { phrase: Phrase; meaning: Meaning }[] = [];
  let found = false;
  let foundAfter = Number.POSITIVE_INFINITY;

  for (const phrase of phrases) {
    context.signal?.throwIfAborted();
    const windows = within(times.windows, phrase).map(({ days }) => days);
    const had = phrase.clause.mood === "exclude" ? tablesSoFar(include, context) : null;
    const meaning = await meaningOf(phrase, windows, entity, vocabulary, context, had);
    const means = meaning.tables.length > 0;
    if (!means) {
      unfamiliar.push({ phrase, meaning });
      continue;
    }
    if (!found) foundAfter = unfamiliar.length;
    found = true;
    if (phrase.clause.mood === "exclude") exclude.push(exclusionOf(phrase, meaning));
    else {
      const delay = within(times.delays, phrase)[0]?.seconds ?? null;
      include.push({
        phrase: phrase.text,
        ...placed(meaning),
        delaySeconds: delay,
        role: phrase.role,
        ...(phrase.rule &&
          entity &&
          finerOnly(meaning, entity, vocabulary) && { aggregation: phrase.rule.aggregation }),
      });
    }
  }
  if (include.length === 0 && entity) include.push(...everything(clauses, entity, exclude, vocabulary));
  exclude.push(...othersThan(phrases, include, context));
  // Before anything is found a phrase may be the purpose of it all: "for seller prioritisation". Where rows were named and
  // nothing was found for them, every phrase was a wish, and each is told.
  const isTold = (phrase: Phrase, index: number) =>
    phrase.asks ||
    afterRows(phrase, clauses) ||
    phrase.rule !== null ||
    index >= foundAfter ||
    (!found && entity && unfamiliar.some((one) => one.phrase.asks));
  for (const [index, { phrase, meaning }] of unfamiliar.entries()) {
    if (isTold(phrase, index)) unresolved.push(unknown(phrase, meaning));
  }
  return settle(include, exclude, unresolved);
}

/** A wish that begins with a rule is looked for as a name that says it, then as it stands, then without the rule. */
async function meaningOf(
  phrase: Phrase,
  windows: number[],
  entity: string | null,
  vocabulary: Vocabulary,
  context: PlannerContext,
  had: ReadonlySet<string> | null,
): Promise<Meaning> {
  const ruled = phrase.clause.mood === "exclude" ? null : aggregateOf(phrase, entity, vocabulary);
  if (ruled) return ruled;
  // "Web behaviour, but skip the device columns": what is taken out is looked for in what is there.
  if (had && had.size > 0) {
    const meant = await resolvePhrase(phrase, windows, entity, vocabulary, context, had);
    if (meant.tables.length > 0) return meant;
  }
  const meaning = await resolvePhrase(phrase, windows, entity, vocabulary, context);
  if (meaning.tables.length > 0) return meaning;
  const bare = phrase.rule?.tokens ?? [];
  for (const tokens of [bare, respelt(bare.length > 0 ? bare : phrase.tokens, vocabulary) ?? []]) {
    if (tokens.length === 0) continue;
    const meant = await resolvePhrase({ ...phrase, tokens }, windows, entity, vocabulary, context);
    if (meant.tables.length > 0) return meant;
  }
  return meaning;
}

function tablesSoFar(include: Include[], { featureSet }: PlannerContext): ReadonlySet<string> {
  const selected = featureSet?.selections.map(({ table }) => table) ?? [];
  return new Set([...selected, ...include.flatMap(({ tables }) => tables)]);
}

function finerOnly({ tables }: Meaning, entity: string, vocabulary: Vocabulary): boolean {
  return tables.every((table) => isFiner(table, entity, vocabulary));
}

/** Once rows are named, what is listed after them is what they should hold: "dealers leaving Pune" lists nothing yet. */
function afterRows({ clause }: Phrase, clauses: Clause[]): boolean {
  const of = clauses.findIndex(({ tokens }) => tokens.some(({ mark }) => mark === "entity"));
  const at = clauses.indexOf(clause);
  return of >= 0 && (at > of || (at === of && clause.tokens.some(({ word }) => /^(per|each)$/.test(word))));
}

function within<T extends { at: number }>(found: T[], { clause }: Phrase): T[] {
  return found.filter(({ at }) => clause.tokens.some(({ index }) => index === at));
}

function placed({ tables, features }: Meaning): Pick<Include, "tables" | "features"> {
  return { tables, features };
}

function exclusionOf({ text }: Phrase, { tables, features }: Meaning): PlannedRequest["exclude"][number] {
  return features.length > 0
    ? { kind: "features", phrase: text, features }
    : { kind: "tables", phrase: text, tables };
}

function unknown({ text, clause }: Phrase, { suggestions }: Meaning): PlannedRequest["unresolved"][number] {
  const phrase = clause.mood === "exclude" ? `not ${text}` : text;
  return { phrase, reason: "features_unknown", table: null, column: null, suggestions };
}

/** "Everything you have", "all features": every feature table that can be joined to the rows, but those ruled out. */
function everything(
  clauses: Clause[],
  entity: string,
  exclude: PlannedRequest["exclude"],
  { registry }: Vocabulary,
): Include[] {
  const words = clauses
    .filter(({ mood }) => mood === "include")
    .flatMap(({ tokens }) => tokens.map(({ word }) => word));
  const said = /\b(everything|all (the |available |of the )*(features|tables|data|columns))\b/.exec(
    words.join(" "),
  );
  if (!said) return [];
  const out = new Set(exclude.flatMap((one) => (one.kind === "tables" ? one.tables : [])));
  const reached = distances(entity, registry);
  const tables = registry.tables.filter(
    ({ name, kind }) => kind === "feature" && reached.has(name) && !out.has(name),
  );
  return tables.map(({ name }) => ({
    phrase: said[0],
    tables: [name],
    features: [],
    delaySeconds: null,
    role: null,
  }));
}

/** "Only the geo table" takes every other table of the set out. */
function othersThan(
  phrases: Phrase[],
  include: Include[],
  { featureSet }: PlannerContext,
): PlannedRequest["exclude"] {
  const only = phrases.filter(({ clause }) => clause.mood === "only");
  if (only.length === 0 || include.length === 0 || !featureSet) return [];
  const kept = new Set(include.flatMap(({ tables }) => tables));
  const others = featureSet.selections.map(({ table }) => table).filter((table) => !kept.has(table));
  return others.length > 0
    ? [{ kind: "tables", phrase: `only ${only[0]?.text}`, tables: [...new Set(others)] }]
    : [];
}

/** What is asked for and ruled out in one breath is asked about. */
function settle(
  include: Include[],
  exclude: PlannedRequest["exclude"],
  unresolved: PlannedRequest["unresolved"],
): Pick<PlannedRequest, "include" | "exclude" | "unresolved"> {
  const ruledOut = new Set(exclude.flatMap((one) => (one.kind === "tables" ? one.tables : [])));
  const both = new Set(
    include
      .filter(({ features }) => features.length === 0)
      .flatMap(({ tables }) => tables.filter((table) => ruledOut.has(table))),
  );
  for (const table of both) {
    unresolved.push({ phrase: table, reason: "contradiction", table, column: null, suggestions: ["keep"] });
  }
  if (both.size === 0) return { include, exclude, unresolved };
  return {
    include: include
      .map((one) => ({ ...one, tables: one.tables.filter((table) => !both.has(table)) }))
      .filter(({ tables }) => tables.length > 0),
    exclude: exclude
      .map((one) =>
        one.kind === "tables" ? { ...one, tables: one.tables.filter((table) => !both.has(table)) } : one,
      )
      .filter((one) => one.kind !== "tables" || one.tables.length > 0),
    unresolved,
  };
}
