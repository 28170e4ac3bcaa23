import type { TableKey } from "@/lib/registry/types";
import type { DuckDbWriter } from "@/lib/warehouse";
import { compositeKey, singleKey } from "./infer-keys";
import { inferReferences, type Reference } from "./infer-references";
import { inferSeries, type Series } from "./infer-series";
import { inferTimes } from "./infer-times";
import { distinctNames, keyStem, singularOf } from "./names";
import type { TableProfile } from "./profile-table";

/** How a table's rows are told apart, what they refer to and when they are true. */
export interface TableStructure {
  entity: string;
  kind: "entity" | "feature";
  grain: string[];
  keys: TableKey[];
  eventTime?: string;
  createdTime?: string;
  ttlSeconds?: number;
  rowNumber?: string;
  notes: string[];
}

/** Names of a key that says nothing of what a row is about. */
const rowNumbers = /^(id|row|row_id|row_number|rownum|index|idx|uuid|column_1)$/;

/** Finds keys, references and times over all tables together. */
export async function inferStructure(
  engine: DuckDbWriter,
  tables: TableProfile[],
): Promise<{ structures: Map<string, TableStructure>; references: Reference[] }> {
  const single = new Map<string, string>();
  for (const table of tables) {
    const key = singleKey(table);
    if (key) single.set(table.name, key);
  }
  const found = await inferReferences(engine, tables, single);
  const owners = ownersOf(tables, single, found);
  const entities = entityNames(tables, single, owners);
  // Two tables with the same key are about the same thing; the one does not refer to the other.
  const references = found.filter(
    ({ table, to }) => table === to.table || owners.get(table) !== owners.get(to.table),
  );

  const structures = new Map<string, TableStructure>();
  for (const table of tables) {
    const own = references.filter((reference) => reference.table === table.name);
    const isReferred = references.some(
      ({ to, table: from }) => to.table === table.name && from !== table.name,
    );
    const entityOf = (name: string) => entities.get(owners.get(name) ?? name) ?? name;
    const structure = await identify(engine, table, {
      key: single.get(table.name) ?? null,
      references: own,
      isReferred,
      isOwner: (owners.get(table.name) ?? table.name) === table.name,
      entityOf,
    });
    structure.keys.push(...foreignKeys(own, entityOf));
    Object.assign(structure, inferTimes(table, structure, own.length > 0 && !isReferred));
    structures.set(table.name, structure);
  }
  return { structures, references };
}

async function identify(
  engine: DuckDbWriter,
  table: TableProfile,
  known: {
    key: string | null;
    references: Reference[];
    isReferred: boolean;
    isOwner: boolean;
    entityOf: (table: string) => string;
  },
): Promise<TableStructure> {
  const entity = known.entityOf(table.name);
  const columns = known.references.map(({ column }) => column);
  const asEntity = (grain: string[]): TableStructure => ({
    entity,
    kind: known.isOwner ? "entity" : "feature",
    grain,
    keys: [{ kind: "primary", entity, columns: grain }],
    notes: [],
  });
  if (table.rows === 0) {
    return {
      entity,
      kind: "feature",
      grain: [],
      keys: [],
      notes: ["has no rows, so nothing can be told of its keys"],
    };
  }
  const series = known.isReferred || !known.isOwner ? null : await inferSeries(engine, table, columns);
  const isNumbered = known.key !== null && rowNumbers.test(known.key) && series?.stepSeconds != null;
  if (series && (known.key === null || isNumbered)) return asSeries(series, known);
  if (known.key !== null) return asEntity([known.key]);
  const composite = await compositeKey(engine, table, columns);
  if (composite) return asEntity(composite);
  const [rowNumber = "row_number"] = distinctNames([
    ...table.columns.map(({ name }) => name),
    `${entity}_row`,
  ]).slice(-1);
  return {
    ...asEntity([rowNumber]),
    rowNumber,
    notes: [`no columns identify a row, so ${rowNumber} numbers them in the order of the file`],
  };
}

function asSeries(
  series: Series,
  known: { references: Reference[]; entityOf: (table: string) => string },
): TableStructure {
  const reference = known.references.find(({ column }) => column === series.of);
  const entity = reference ? known.entityOf(reference.to.table) : (keyStem(series.of) ?? series.of);
  const repeated = `${series.of} and ${series.time} occur more than once in ${series.surplus} rows: of rows at one time the greatest is taken, and the report counts them`;
  return {
    entity,
    kind: "feature",
    grain: [series.of, series.time],
    keys: reference ? [] : [{ kind: "foreign", entity, columns: [series.of] }],
    eventTime: series.time,
    ...(series.stepSeconds === null ? {} : { ttlSeconds: Math.round(series.stepSeconds * 3) }),
    notes: series.surplus > 0 ? [repeated] : [],
  };
}

/** Two references to one entity are told apart by a role: `origin`, `dest`. */
function foreignKeys(references: Reference[], entityOf: (table: string) => string): TableKey[] {
  return references.map(({ table, column, to }) => {
    const entity = entityOf(to.table);
    const several = references.filter((other) => entityOf(other.to.table) === entity).length > 1;
    const role = several || to.table === table ? { role: roleOf(column, entity) } : {};
    return { kind: "foreign", entity, ...role, columns: [column] };
  });
}

function roleOf(column: string, entity: string): string {
  const stem = keyStem(column) ?? column;
  return stem.endsWith(`_${entity}`) ? stem.slice(0, -entity.length - 1) : stem;
}

/** Of tables with the same single key, the one that the key is named after, or the one with the most rows. */
function ownersOf(
  tables: TableProfile[],
  single: ReadonlyMap<string, string>,
  references: Reference[],
): Map<string, string> {
  const owners = new Map(tables.map(({ name }) => [name, name]));
  const merit = (name: string) => {
    const key = single.get(name) ?? "";
    const named = [keyStem(key), key].includes(plainEntity(name)) || key === "id";
    return (named ? 1e12 : 0) + (tables.find((table) => table.name === name)?.rows ?? 0);
  };
  for (const { table, column, to } of references) {
    if (single.get(table) !== column || table === to.table) continue;
    const [a, b] = [owners.get(table) as string, owners.get(to.table) as string];
    const owner = merit(a) > merit(b) ? a : b;
    for (const [member, current] of owners) if (current === a || current === b) owners.set(member, owner);
  }
  return owners;
}

function entityNames(
  tables: TableProfile[],
  single: ReadonlyMap<string, string>,
  owners: ReadonlyMap<string, string>,
): Map<string, string> {
  const heads = tables.map(({ name }) => name).filter((name) => owners.get(name) === name);
  const wanted = heads.map((name) => {
    const stem = keyStem(single.get(name) ?? "");
    return stem !== null && name.includes(stem) ? stem : plainEntity(name);
  });
  const names = distinctNames(
    heads.map((name, index) => {
      const isShared = wanted.filter((other) => other === wanted[index]).length > 1;
      return isShared ? singularOf(name) : (wanted[index] as string);
    }),
  );
  return new Map(heads.map((name, index) => [name, names[index] as string]));
}

/** `dim_customers` → `customer`. */
function plainEntity(table: string): string {
  return singularOf(table.replace(/^(dim|fact|fct|tbl|stg|raw)_(?=.)/, ""));
}
