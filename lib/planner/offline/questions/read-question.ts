import type { Feature, Registry } from "@/lib/registry/types";
import type { PlannedRequest } from "../../schema";
import type { Token } from "../text";
import { entityKey, type Vocabulary } from "../vocabulary";
import { compareMatches, type FoundColumn, findColumn } from "./find-column";
import { type QuestionForm, readForm, timeUnitOf } from "./forms";
import { populationOf, type Reached, reachFrom } from "./reach";
import type { DataQuestion, Dimension, Measure, TimeUnit } from "./types";

/** How the words of a count are read: the planner's own reading of "how many …". */
export type ReadCount = (message: string) => Promise<PlannedRequest>;

export type ReadQuestion =
  | { question: DataQuestion }
  /** It is a question about the data, and these of its words were not understood. */
  | { unread: string };

const numeric = new Set(["integer", "float", "decimal"]);
const timely = new Set(["date", "timestamp"]);
/** A column that splits rows into more groups than this names them rather than sorts them. */
const mostGroups = 400;

/**
 * Reads an open question about the data: "which city has the most dormant sellers?", "average asking price by make in
 * Pune", "how many listings per month". Null where the words are something else, for instance a request for features.
 */
export async function readQuestion(
  tokens: Token[],
  vocabulary: Vocabulary,
  readCount: ReadCount,
): Promise<ReadQuestion | null> {
  const form = readForm(tokens);
  if (!form) return null;
  if (form.mayBeFeature && form.by !== null && entityNamed(form.by, vocabulary)) return null;
  const readings =
    form.means === "count" ? [counting] : form.means === "value" ? [measuring] : [counting, measuring];
  let unread = "";
  for (const reading of readings) {
    const read = await reading(form, vocabulary, readCount);
    if ("question" in read) return read;
    unread ||= read.unread;
  }
  // "The most active listings" may also be a column of that name.
  const last = form.means === "count" && form.ranking ? await measuring(form, vocabulary, readCount) : null;
  if (last && "question" in last) return last;
  return form.certain ? { unread } : null;
}

async function counting(
  form: QuestionForm,
  vocabulary: Vocabulary,
  readCount: ReadCount,
): Promise<ReadQuestion> {
  const rows = await readRows(`${form.measured} ${form.rest}`, readCount);
  if ("unread" in rows) return rows;
  // "Sellers with at least 10 listings" counts sellers, whatever else was understood.
  const head = entityNamed(form.measured.split(" ").at(-1) ?? "", vocabulary);
  if (!rows.entity || (head && head !== rows.entity)) return { unread: head ? form.rest : form.measured };
  const reached = reachFrom(rows.entity, vocabulary.registry);
  const by = form.by === null ? null : dimensionOf(form.by, rows.entity, reached, vocabulary);
  if (form.by !== null && !by) return { unread: form.by };
  const filters = filtersWithin(rows.filters, reached, vocabulary.registry);
  if ("unread" in filters) return filters;
  const { ranking } = form;
  return {
    question: { entity: rows.entity, measure: { kind: "count" }, by, filters: filters.filters, ranking },
  };
}

async function measuring(
  form: QuestionForm,
  vocabulary: Vocabulary,
  readCount: ReadCount,
): Promise<ReadQuestion> {
  const { registry } = vocabulary;
  const entities = registry.tables.filter(({ kind }) => kind === "entity").map(({ entity }) => entity);
  const asked = form.by === null ? null : entityNamed(form.by, vocabulary);
  const candidates: { entity: string; measure: Measure; found: FoundColumn; by: Dimension | null }[] = [];
  let isMeasureKnown = false;
  for (const entity of entities) {
    const reached = reachFrom(entity, registry);
    const own = [...reached.values()].filter(({ table }) => table.entity === entity);
    const isOwn = asked === entity && form.ranking !== null;
    const found = measureIn(own, form, isOwn, registry);
    if (!found) continue;
    isMeasureKnown = true;
    const by = form.by === null ? null : dimensionOf(form.by, entity, reached, vocabulary);
    if (form.by !== null && !by) continue;
    candidates.push({ entity, by, ...found });
  }
  candidates.sort(
    (a, b) =>
      Number(b.measure.kind === "value") - Number(a.measure.kind === "value") ||
      compareMatches(a.found.match, b.found.match),
  );
  const [best] = candidates;
  if (!best) return { unread: isMeasureKnown && form.by !== null ? form.by : form.measured };
  const plural = registry.entities.find(({ name }) => name === best.entity)?.plural ?? best.entity;
  const rows = form.rest === "" ? { filters: [] } : await readRows(`${plural} ${form.rest}`, readCount);
  if ("unread" in rows) return rows;
  const filters = filtersWithin(rows.filters, reachFrom(best.entity, registry), registry);
  if ("unread" in filters) return filters;
  const { entity, measure, by } = best;
  return { question: { entity, measure, by, filters: filters.filters, ranking: form.ranking } };
}

/** A column of the rows that are ranked as it is, or one to be averaged, summed … over rows. */
function measureIn(
  own: Reached[],
  { measured, aggregate }: QuestionForm,
  isRanked: boolean,
  registry: Registry,
): { measure: Measure; found: FoundColumn } | null {
  const accepts = (column: Feature) => numeric.has(column.type) && !column.isKey;
  if (isRanked) {
    const said = aggregate ? `${aggregate.word} ${measured}` : measured;
    const found = findColumn(said, own, registry, accepts);
    if (found) return { found, measure: { kind: "value", column: found.column, others: found.others } };
  }
  const found = aggregate ? findColumn(measured, own, registry, accepts) : null;
  if (!found || !aggregate) return null;
  const { column, others } = found;
  return { found, measure: { kind: "aggregate", aggregate: aggregate.rule, column, others } };
}

async function readRows(
  words: string,
  readCount: ReadCount,
): Promise<{ entity: string | null; filters: PlannedRequest["filters"] } | { unread: string }> {
  const { intent, entity, include, exclude, filters, unresolved } = await readCount(
    `how many ${words.trim()}`,
  );
  const [unclear] = unresolved;
  if (unclear) return { unread: unclear.phrase.replace(/^(how )?many /, "") };
  const [stray] = [...include, ...exclude];
  if (intent !== "count" || stray) return { unread: stray?.phrase ?? words.trim() };
  return { entity, filters };
}

function filtersWithin(
  filters: PlannedRequest["filters"],
  reached: Map<string, Reached>,
  { features }: Registry,
): { filters: DataQuestion["filters"] } | { unread: string } {
  const within: DataQuestion["filters"] = [];
  for (const { phrase, table, column, operator, values } of filters) {
    const feature = features.find((one) => one.table === table && one.name === column);
    if (!feature || feature.derived || !reached.has(table)) return { unread: phrase };
    within.push({ table, column, operator, values, feature });
  }
  return { filters: within };
}

/** What the rows are split by: a stretch of time, another thing that each belongs to, or a column with few values. */
function dimensionOf(
  phrase: string,
  entity: string,
  reached: Map<string, Reached>,
  vocabulary: Vocabulary,
): Dimension | null {
  const { registry } = vocabulary;
  const unit = timeUnitOf(phrase);
  if (unit) return timeOf(unit, entity, registry);
  const other = entityNamed(phrase, vocabulary);
  if (other) {
    const table = populationOf(other, registry);
    return table && reached.has(table.name) ? entityDimension(other, registry) : null;
  }
  const tables = [...reached.values()].filter(({ table }) => table.kind === "entity");
  const isGroup = ({ type, isKey, distinctCount }: Feature) =>
    !isKey && type !== "float" && type !== "decimal" && !timely.has(type) && distinctCount <= mostGroups;
  const found = findColumn(phrase, tables, registry, isGroup);
  return found ? { kind: "column", column: found.column, others: found.others } : null;
}

function entityNamed(phrase: string, { entities }: Vocabulary): string | null {
  return entities.get(entityKey(phrase)) ?? null;
}

function entityDimension(entity: string, registry: Registry): Dimension | null {
  const table = populationOf(entity, registry);
  if (!table) return null;
  const columns = registry.features.filter((one) => one.table === table.name);
  const keys = table.grain.flatMap((name) => columns.filter((one) => one.name === name));
  const label = columns.find(
    ({ name, type, pii, isKey }) => type === "text" && !pii && !isKey && /(^|_)(name|title)$/i.test(name),
  );
  return { kind: "entity", entity, keys, label: label ?? null };
}

/** When the rows came to be: their event time, or the only day that they have. */
function timeOf(unit: TimeUnit, entity: string, registry: Registry): Dimension | null {
  const table = populationOf(entity, registry);
  const columns = registry.features.filter((one) => one.table === table?.name && timely.has(one.type));
  const event = columns.find(({ name }) => name === table?.eventTime);
  const [only] = columns.length === 1 ? columns : [];
  const column = event ?? only;
  return column ? { kind: "time", unit, column } : null;
}
