import { AppError } from "@/lib/errors";
import type { ColumnType, Derivation, Registry } from "@/lib/registry/types";
import { type Catalog, timeType } from "./catalog";
import { assertStored } from "./derived";
import { nearest } from "./nearest";
import type { PathStart } from "./paths";
import type { PlannedSpine } from "./plan";
import type { FeatureSet, Spine } from "./schema";

export interface ResolvedSpine {
  start: PathStart;
  /** The columns that say which row is which. */
  keys: string[];
  time: { column: string; type: ColumnType } | { instant: string } | null;
  carried: string[];
  notes: string[];
  /** @throws AppError FEATURE_UNKNOWN */
  column(name: string): { type: ColumnType; pii: boolean; derived?: Derivation };
}

/** Columns of a given spine's table, where the registry does not have it. */
export type SpineColumns = readonly { name: string; type: ColumnType }[];

/** @throws AppError TABLE_UNKNOWN, FEATURE_UNKNOWN, FEATURE_SET_INVALID, GRAIN_UNDECLARED */
export function resolveSpine(
  featureSet: FeatureSet,
  registry: Registry,
  catalog: Catalog,
  spineColumns: SpineColumns | undefined,
): ResolvedSpine {
  const { spine } = featureSet;
  return spine.kind === "population"
    ? resolvePopulation(spine, registry, catalog)
    : resolveGiven(spine, catalog, spineColumns);
}

/** The time as the plan keeps it: an instant only matters where a join looks at it. */
export function plannedTime(spine: ResolvedSpine, needed: boolean): PlannedSpine["time"] {
  if (spine.time === null && needed) {
    throw new AppError(
      "FEATURE_SET_INVALID",
      `The rows of ${spine.start.table} have no time, and what is asked for changes over time. Say which column is the rows' event time.`,
      { details: { table: spine.start.table } },
    );
  }
  return spine.time && "instant" in spine.time && !needed ? null : spine.time;
}

function resolvePopulation(
  spine: Extract<Spine, { kind: "population" }>,
  registry: Registry,
  catalog: Catalog,
): ResolvedSpine {
  const populations = catalog.tables.filter((table) => table.kind === "entity");
  const [table, second] = populations.filter(({ entity }) => entity === spine.entity);
  if (!table) {
    const suggestions = nearest(
      spine.entity,
      populations.map(({ entity }) => entity),
    );
    throw new AppError(
      "TABLE_UNKNOWN",
      `No table lists every ${spine.entity}.${suggestions.length > 0 ? ` Did you mean ${suggestions.join(", ")}?` : ""}`,
      { details: { entity: spine.entity, suggestions } },
    );
  }
  if (second) {
    throw new AppError(
      "FEATURE_SET_INVALID",
      `Both ${table.name} and ${second.name} say that they list every ${spine.entity}. One of them has to be a table of features.`,
    );
  }
  const own = table.keys.filter(({ entity }) => entity === table.entity);
  const keys =
    own.find(({ kind }) => kind === "primary")?.columns ??
    own.find(({ kind }) => kind === "unique")?.columns ??
    table.grain;
  if (keys.length === 0)
    throw new AppError("GRAIN_UNDECLARED", `${table.name} declares neither key nor grain.`);
  const { eventTime } = table;
  return {
    start: { table: table.name, entity: table.entity, keys: table.keys },
    keys,
    time:
      eventTime === undefined
        ? { instant: spine.asOf ?? registry.asOf }
        : { column: eventTime, type: timeType(catalog, table.name, eventTime) },
    carried: [],
    notes:
      eventTime !== undefined && spine.asOf !== null
        ? [`Each row of ${table.name} has its own time, ${eventTime}; the time ${spine.asOf} was not used.`]
        : [],
    column: (name) => catalog.feature(table.name, name),
  };
}

function resolveGiven(
  spine: Extract<Spine, { kind: "given" }>,
  catalog: Catalog,
  columns: SpineColumns | undefined,
): ResolvedSpine {
  if (!columns) catalog.table(spine.table);
  const types = new Map(columns?.map(({ name, type }) => [name, type]));
  const column: ResolvedSpine["column"] = (name) => {
    if (!columns || catalog.find(spine.table)) return catalog.feature(spine.table, name);
    const type = types.get(name);
    if (type) return { type, pii: false };
    const suggestions = nearest(name, [...types.keys()]);
    throw new AppError("FEATURE_UNKNOWN", `${spine.table} has no column ${name}.`, {
      details: { table: spine.table, feature: name, suggestions },
    });
  };
  const { table } = spine;
  for (const name of spine.keys.flatMap((key) => key.columns)) {
    assertStored(name, column(name), { table, as: "a key" });
  }
  if (spine.order !== undefined) assertStored(spine.order, column(spine.order), { table, as: "their order" });
  const { eventTime } = spine;
  if (eventTime !== null && !["date", "timestamp"].includes(column(eventTime).type)) {
    throw new AppError(
      "FEATURE_SET_INVALID",
      `${spine.table}.${eventTime} is named as the rows' time but holds ${column(eventTime).type}.`,
    );
  }
  return {
    start: {
      table: spine.table,
      entity: [...new Set(spine.keys.map(({ entity }) => entity))].join(", "),
      keys: spine.keys.map((key) => ({ ...key, kind: "given" })),
    },
    keys: [...new Set(spine.keys.flatMap((key) => key.columns))],
    time: eventTime === null ? null : { column: eventTime, type: column(eventTime).type },
    carried: spine.columns,
    notes: [],
    column,
  };
}
