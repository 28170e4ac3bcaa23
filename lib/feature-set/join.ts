import { AppError } from "@/lib/errors";
import type { ColumnType, FeatureTable } from "@/lib/registry/types";
import { type Catalog, timeType } from "./catalog";
import { eventColumn } from "./joinable";
import { choosePath, type Step } from "./paths";
import type { Cardinality, Hop, PlannedJoin, Visibility } from "./plan";
import type { FeatureSet } from "./schema";
import type { ResolvedSpine } from "./spine";

export interface JoinRequest {
  table: FeatureTable;
  alias: string;
  path?: string;
  delaySeconds?: number;
  ttlSeconds?: number | null;
  filterOnly: boolean;
}

/** Finds the way to one table and says of each hop how it joins and when its rows are visible. */
export function planJoin(
  request: JoinRequest,
  context: { featureSet: FeatureSet; catalog: Catalog; spine: ResolvedSpine; notes: string[] },
): Omit<PlannedJoin, "id"> {
  const { table } = request;
  const { catalog, featureSet, spine } = context;
  if (table.grain.length === 0) {
    throw new AppError(
      "GRAIN_UNDECLARED",
      `${table.name} declares no grain, so it cannot be joined safely.`,
      {
        details: { table: table.name },
      },
    );
  }
  const { knownAt } = featureSet.alignment;
  const steps = choosePath(spine.start, table, catalog, { knownAt, wanted: request.path });
  const delaySeconds = request.delaySeconds ?? featureSet.alignment.delaySeconds;
  const path = steps.map((step, index): Hop => {
    checkKeyTypes(step, index === 0 ? spine : null, catalog);
    const isLast = index === steps.length - 1;
    const ttlSeconds = isLast && request.ttlSeconds !== undefined ? request.ttlSeconds : step.to.ttlSeconds;
    return {
      from: { table: step.table, columns: step.left.columns },
      to: { table: step.to.name, columns: step.right.columns },
      cardinality: step.cardinality,
      time: visibilityOf(step.to, { knownAt, delaySeconds, ttlSeconds: ttlSeconds ?? null }, catalog),
    };
  });
  const time = path.at(-1)?.time ?? null;
  for (const note of notesOn(table, time, request, spine)) {
    if (!context.notes.includes(note)) context.notes.push(note);
  }
  return {
    table: table.name,
    alias: request.alias,
    cardinality: overall(path),
    path,
    time,
    grain: table.grain,
    filterOnly: request.filterOnly,
  };
}

const day = 86_400;

/** What the person may not expect. */
function notesOn(
  table: FeatureTable,
  time: Visibility | null,
  request: JoinRequest,
  spine: ResolvedSpine,
): string[] {
  if (time === null) {
    return request.delaySeconds || request.ttlSeconds
      ? [
          `${table.name} has no event time: its values are taken as true at any time, without delay or expiry.`,
        ]
      : [];
  }
  const spineHasHours = spine.time !== null && "column" in spine.time && spine.time.type === "timestamp";
  return time.eventType === "date" && spineHasHours && time.delaySeconds < day
    ? [
        `${table.name}.${time.event} is a date, and its values count from that day's midnight on. If they were known only when the day was over, ask for a delay of a day.`,
      ]
    : [];
}

function visibilityOf(
  table: FeatureTable,
  options: { knownAt: boolean; delaySeconds: number; ttlSeconds: number | null },
  catalog: Catalog,
): Visibility | null {
  const event = eventColumn(table, options.knownAt);
  if (event === null) return null;
  const created = table.createdTime ?? null;
  return {
    event,
    eventType: timeType(catalog, table.name, event),
    created,
    createdType: created === null ? null : timeType(catalog, table.name, created),
    ttlSeconds: options.ttlSeconds,
    delaySeconds: options.delaySeconds,
  };
}

/** What the whole path is: the hop that changes most. */
function overall(path: Hop[]): Cardinality {
  const order: Cardinality[] = ["aggregated", "point_in_time", "many_to_one", "one_to_one"];
  return order.find((cardinality) => path.some((hop) => hop.cardinality === cardinality)) ?? "one_to_one";
}

/** Whole numbers and decimals compare exactly; anything else compares only with its own kind. */
function checkKeyTypes(step: Step, spine: ResolvedSpine | null, catalog: Catalog): void {
  const family = (type: ColumnType) => (type === "decimal" ? "integer" : type);
  for (const [index, right] of step.right.columns.entries()) {
    const left = step.left.columns[index] ?? "";
    const leftType = spine ? spine.column(left).type : catalog.feature(step.table, left).type;
    const rightType = catalog.feature(step.to.name, right).type;
    if (family(leftType) === family(rightType)) continue;
    throw new AppError(
      "KEY_TYPE_MISMATCH",
      `key type mismatch ${step.to.name}.${right}: it holds ${rightType}, and ${step.table}.${left} holds ${leftType}. Give both the same type.`,
      {
        details: {
          table: step.to.name,
          key: right,
          type: rightType,
          from: `${step.table}.${left}`,
          fromType: leftType,
        },
      },
    );
  }
}
