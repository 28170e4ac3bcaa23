import type { FeatureTable, Registry, TableKey } from "@/lib/registry/types";

/** A join that finds at most one row: a foreign key, or the key of rows of the same kind. */
export interface Step {
  from: { table: string; columns: string[] };
  to: { table: string; columns: string[] };
}

export interface Reached {
  table: FeatureTable;
  /** From the entity's own table; none for that itself. */
  steps: Step[];
  hops: number;
}

const mostHops = 3;

/**
 * The tables that have at most one row for each row of an entity, by their names: its own, those about the same rows, and
 * those of what its foreign keys point at. A table that can be reached in two equally short ways is left out.
 */
export function reachFrom(entity: string, registry: Registry): Map<string, Reached> {
  const own = populationOf(entity, registry);
  if (!own) return new Map();
  const found = new Map<string, Reached>([[own.name, { table: own, steps: [], hops: 0 }]]);
  const unclear = new Set<string>();
  let edge: Reached[] = [...found.values()];
  for (let hops = 1; hops <= mostHops && edge.length > 0; hops++) {
    const next = new Map<string, Reached>();
    for (const at of edge) {
      for (const key of at.table.keys.filter(({ kind }) => kind === "foreign")) {
        const table = populationOf(key.entity, registry);
        const target = table && nameKey(table);
        if (!table || !target || found.has(table.name)) continue;
        if (next.has(table.name)) unclear.add(table.name);
        next.set(table.name, { table, steps: [...at.steps, stepOf(at.table, key, table, target)], hops });
      }
    }
    edge = [...next.values()].filter(({ table }) => !unclear.has(table.name));
    for (const one of edge) found.set(one.table.name, one);
  }
  for (const { table: population, steps, hops } of [...found.values()]) {
    const key = nameKey(population);
    for (const table of registry.tables) {
      const same = key && table.entity === population.entity ? nameKey(table) : null;
      if (!key || !same || found.has(table.name)) continue;
      found.set(table.name, { table, steps: [...steps, stepOf(population, key, table, same)], hops });
    }
  }
  return found;
}

export function populationOf(entity: string, { tables }: Registry): FeatureTable | undefined {
  return tables.find((table) => table.kind === "entity" && table.entity === entity);
}

/** The key whose columns alone make a row unique. */
function nameKey({ keys, grain, entity }: FeatureTable): TableKey | null {
  const isWhole = ({ columns }: TableKey) =>
    columns.length === grain.length && columns.every((column) => grain.includes(column));
  return keys.find((key) => key.kind !== "foreign" && key.entity === entity && isWhole(key)) ?? null;
}

function stepOf(from: FeatureTable, left: TableKey, to: FeatureTable, right: TableKey): Step {
  return {
    from: { table: from.name, columns: left.columns },
    to: { table: to.name, columns: right.columns },
  };
}
