import type { Hop, Visibility } from "@/lib/feature-set";
import type { AggregationRule, ColumnType, Derivation } from "@/lib/registry/types";
import { quoteName } from "@/lib/warehouse/quote";
import { seconds } from "./dialect";
import type { Statement } from "./statement";
import { indent, selectLines } from "./text";

/** One table to be brought to the rows of `source`, at most one row per key (and time) asked for. */
export interface RightSide {
  /** Of the CTE that results. */
  name: string;
  /** The CTE whose rows ask. It has the hop's left columns, and the time where any join needs one. */
  source: string;
  hop: Hop;
  grain: string[];
  outputs: Output[];
  comment: string[];
}

export interface Output {
  /** As the warehouse stores it. */
  column: string;
  /** What it is called from here on, quoted. */
  name: string;
  rule: AggregationRule | null;
  weight: string | null;
  type: ColumnType;
  /** For an aggregate: made of what this gives for each row. */
  derived?: Derivation;
}

/** The distinct keys (and times) that the source's rows ask for, as a sub-query called `a`. */
export function asked({ internal }: Statement, { source, hop }: RightSide, withTime: boolean): string[] {
  const select = selectLines({
    distinct: true,
    columns: [
      ...hop.from.columns.map((column, index) => `s.${quoteName(column)} AS ${internal.key(index)}`),
      ...(withTime ? [`s.${internal.time}`] : []),
    ],
    from: [`${source} AS s`],
  });
  return ["(", ...indent(select), ") AS a"];
}

/** Is there an answer per key and time, or one per key for all times? */
export function isTimed({ hop, outputs }: Pick<RightSide, "hop" | "outputs">): boolean {
  return hop.time !== null || outputs.some(({ derived }) => derived !== undefined);
}

/**
 * Rows of one time. A row without a time sees no version of a table, but it does see a table that has none; only what is
 * computed from the time is then unknown.
 */
export function sameTime({ internal }: Statement, { time }: Hop, one: string, other: string): string {
  const equals = time ? "=" : "IS NOT DISTINCT FROM";
  return `${one}.${internal.time} ${equals} ${other}.${internal.time}`;
}

/** A column under its new name, said only where it changes. */
export function renamed(alias: string, { column, name }: Output): string {
  const quoted = quoteName(column);
  return quoted === name ? `${alias}.${quoted}` : `${alias}.${quoted} AS ${name}`;
}

/** Keys compared column by column, so that no two composite keys collide; a NULL key equals nothing. */
export function sameKeys({ internal }: Statement, { hop }: RightSide): string[] {
  return hop.to.columns.map((column, index) => `t.${quoteName(column)} = a.${internal.key(index)}`);
}

export function keyNames({ internal }: Statement, { hop }: RightSide, alias: string): string[] {
  return hop.to.columns.map((_, index) => `${alias}.${internal.key(index)}`);
}

/** The greatest row of those that nothing else tells apart, column by column: the same one in every run. */
export function greatestFirst(columns: Iterable<string>, alias = "t"): string[] {
  return [...new Set(columns)].map((column) => `${alias}.${quoteName(column)} DESC NULLS LAST`);
}

/** When a row becomes visible: its event time, later by the delay. */
export function visibleEvent({ dialect }: Statement, time: Visibility): string {
  const event = dialect.utc(`t.${quoteName(time.event)}`, time.eventType);
  return time.delaySeconds > 0 ? `${event} + ${seconds(time.delaySeconds)}` : event;
}

/** The created time where known-at makes it count, else null. */
export function knownSince({ dialect, plan }: Statement, time: Visibility): string | null {
  if (!plan.featureSet.alignment.knownAt || time.created === null || time.createdType === null) return null;
  return dialect.utc(`t.${quoteName(time.created)}`, time.createdType);
}
