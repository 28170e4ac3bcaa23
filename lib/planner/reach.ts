import type { FeatureTable, Registry } from "@/lib/registry/types";

/** How many hops a finer table counts for: it can be joined, but a coarser or equal one is meant more often. */
const finer = 10;

/**
 * Table → how far it is from the rows of an entity, for those within three hops. 0 is the entity's own table; the
 * nearer one is meant where two tables have the same column.
 */
export function distances(entity: string, registry: Registry): Map<string, number> {
  const spine = registry.tables.find((table) => table.kind === "entity" && table.entity === entity);
  const found = new Map<string, number>(spine ? [[spine.name, 0]] : []);
  let edge = spine ? [spine] : [];
  for (let hops = 1; hops <= 3; hops++) {
    const next = registry.tables.filter(
      (table) => !found.has(table.name) && edge.some((from) => reaches(from, table)),
    );
    for (const table of next) found.set(table.name, hops);
    edge = next;
  }
  for (const table of registry.tables) {
    const pointsHere = table.keys.some((key) => key.kind === "foreign" && key.entity === entity);
    if (!found.has(table.name) && pointsHere) found.set(table.name, finer);
  }
  return found;
}

/** A key of `from` names one row of `to`, or some of its rows where `to` has a time. */
function reaches(from: FeatureTable, to: FeatureTable): boolean {
  return from.keys.some((key) =>
    to.keys.some((other) => other.entity === key.entity && (other.kind !== "foreign" || to.eventTime)),
  );
}
