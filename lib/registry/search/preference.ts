import type { Registry } from "@/lib/registry/types";
import type { Documents } from "./documents";
import type { Evidence } from "./evidence";

/** What a table is worth, 0…1, beside others that answer a phrase with the same words. */
export type Preference = (table: number, evidence: Evidence) => number;

/** A table that divides by a segment, where the phrase names none. */
const dividesUnasked = 0.75;
/** A step from the rows to what they belong to: from a seller to its area, from the area to its city. */
const coarser = 0.9;
/** Several rows for each of those asked for: a seller's months. */
const several = 0.93;
/** About something else than the rows, which can only be counted or averaged for them, or not be joined at all. */
const elsewhere = 0.65;
/** The same where the phrase says that other thing's name. */
const elsewhereNamed = 0.95;

/**
 * Which of several tables with the same words is rather meant: the one about the rows asked for, then what the rows belong to,
 * nearest first, unless the phrase names another entity; and the general one before those that divide the same by a segment
 * (`VISITS_BY_DEVICE`), unless the phrase names the segment.
 */
export function preferenceFor(entity: string | undefined, documents: Documents): Preference {
  const ofEntity = entity === undefined ? () => 1 : entityPreference(entity, documents);
  return (table, evidence) => ofEntity(table, evidence) * segmentPreference(table, evidence, documents);
}

/** The entity that most feature tables are about: whom a phrase speaks of where nobody says whom. */
export function mainEntity({ tables }: Registry): string | undefined {
  const counts = new Map<string, number>();
  for (const { entity, kind } of tables) {
    if (entity && kind === "feature") counts.set(entity, (counts.get(entity) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

function segmentPreference(table: number, { inOwnWords }: Evidence, { segmentTerms }: Documents): number {
  const terms = segmentTerms[table];
  if (!terms) return 1;
  const named = inOwnWords.some(({ hits }) => terms.has(hits.get(table)?.term ?? ""));
  return named ? 1 : dividesUnasked;
}

function entityPreference(entity: string, documents: Documents): Preference {
  const { tables, entityStems } = documents;
  const steps = stepsFrom(entity, documents);
  const key = tables
    .find((table) => table.kind === "entity" && table.entity === entity)
    ?.keys.find(({ kind }) => kind === "primary");
  return (position, { inTables }) => {
    const table = tables[position];
    if (!table || table.entity === entity) return 1;
    const named = inTables.some(({ unit }) => entityStems.get(unit.stems.join(" ")) === table.entity);
    const away = steps.get(table.entity);
    if (away !== undefined) return named ? 1 : coarser ** away;
    if (key?.columns.every((column) => table.grain.includes(column))) return several;
    return named ? elsewhereNamed : elsewhere;
  };
}

/** Entity that the rows belong to → over how many others at most: a seller's area is one step away, its city two. */
function stepsFrom(entity: string, { tables }: Documents): Map<string, number> {
  const steps = new Map<string, number>();
  const visit = (from: string, away: number) => {
    const spine = tables.find((table) => table.kind === "entity" && table.entity === from);
    for (const { kind, entity: to } of spine?.keys ?? []) {
      if (kind !== "foreign" || to === entity || (steps.get(to) ?? 0) >= away || away > 3) continue;
      steps.set(to, away);
      visit(to, away + 1);
    }
  };
  visit(entity, 1);
  return steps;
}
