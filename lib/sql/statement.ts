import { type Plan, type PlannedJoin, storedColumn } from "@/lib/feature-set";
import type { Dialect } from "@/lib/warehouse/port";
import { quoteName } from "@/lib/warehouse/quote";
import { dialects, type SqlDialect } from "./dialect";
import type { Cte } from "./text";

export interface CompileOptions {
  /** Put before every table; the session's own schema when absent. */
  schema?: string;
}

/** One statement in the making: its CTEs in order, and names that nothing in the data has. */
export interface Statement {
  plan: Plan;
  dialect: SqlDialect;
  /** Adds what the quality report counts: match indicators, ties, repeated keys. */
  audit: boolean;
  ctes: Cte[];
  /** Quoted names of the columns that the SQL itself needs. */
  internal: InternalNames;
  /** Does any join or computed value look at the spine's time? Then the spine carries it. */
  timed: boolean;
  /** A table's name, quoted. */
  table(name: string): string;
  /** A name for a CTE that hides no table. */
  cteName(base: string): string;
  /** Key lifts that joins share: by source and path, the CTE. */
  lifts: Map<string, string>;
}

export interface InternalNames {
  rid: string;
  time: string;
  event: string;
  created: string;
  from: string;
  until: string;
  tied: string;
  recency: string;
  rows: string;
  repeated: string;
  key(index: number): string;
  filter(index: number): string;
  matched(join: PlannedJoin): string;
  ties(join: PlannedJoin): string;
}

export function newStatement(
  plan: Plan,
  dialect: Dialect,
  options: CompileOptions & { audit?: boolean } = {},
): Statement {
  const tables = new Set(tablesOf(plan).map((name) => name.toLowerCase()));
  const schema = options.schema === undefined ? "" : `${quoteName(options.schema)}.`;
  return {
    plan,
    dialect: dialects[dialect],
    audit: options.audit ?? false,
    ctes: [],
    internal: internalNames(plan),
    timed:
      plan.joins.some((join) => join.path.some((hop) => hop.time !== null)) ||
      [...plan.columns, ...plan.spine.filters].some(({ derived }) => derived !== undefined),
    table: (name) => `${schema}${quoteName(name)}`,
    cteName: (base) => fresh(base, tables),
    lifts: new Map(),
  };
}

function internalNames(plan: Plan): InternalNames {
  const taken = columnsOf(plan);
  const name = (base: string) => quoteName(fresh(base, taken));
  return {
    rid: name("rid"),
    time: name("time"),
    event: name("event"),
    created: name("created"),
    from: name("visible_from"),
    until: name("visible_until"),
    tied: name("tied"),
    recency: name("recency"),
    rows: name("rows"),
    repeated: name("repeated"),
    key: (index) => name(`key${index + 1}`),
    filter: (index) => name(`filter${index + 1}`),
    matched: (join) => name(`${join.id}_matched`),
    ties: (join) => name(`${join.id}_ties`),
  };
}

function fresh(base: string, taken: ReadonlySet<string>): string {
  let name = base;
  while (taken.has(name.toLowerCase())) name = `${name}_`;
  return name;
}

function tablesOf(plan: Plan): string[] {
  return [plan.spine.table, ...plan.joins.flatMap((join) => join.path.map((hop) => hop.to.table))];
}

function columnsOf(plan: Plan): ReadonlySet<string> {
  const { spine, joins, columns, featureSet } = plan;
  const names = [
    ...spine.keys,
    ...(spine.time && "column" in spine.time ? [spine.time.column] : []),
    ...(featureSet.spine.kind === "given" && featureSet.spine.order ? [featureSet.spine.order] : []),
    ...spine.filters.flatMap((filter) => [filter.column, filter.weight ?? "", filter.derived?.column ?? ""]),
    ...columns.flatMap((column) => [column.name, storedColumn(column), column.weight ?? ""]),
    ...joins.flatMap((join) => [
      ...join.grain,
      ...join.path.flatMap((hop) => [
        ...hop.from.columns,
        ...hop.to.columns,
        hop.time?.event ?? "",
        hop.time?.created ?? "",
      ]),
    ]),
  ];
  return new Set(names.map((name) => name.toLowerCase()));
}
