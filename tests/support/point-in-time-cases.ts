import { readFileSync } from "node:fs";
import path from "node:path";
import type { FeatureSet, Selection } from "@/lib/feature-set";
import type { MatrixResult } from "@/lib/matrix";
import type { ColumnType } from "@/lib/registry/types";
import type { Cell } from "@/lib/warehouse";
import { type SmallTable, smallFeatureSet } from "./small-mart";

type Row = Record<string, Cell>;

export interface PointInTimeCase {
  id: string;
  title: string;
  views: {
    name: string;
    join_key_map: Record<string, string>;
    ts: string;
    created: string | null;
    ttl_seconds: number | null;
    features: string[];
    rows: Row[];
  }[];
  entity: Row[];
  options: {
    known_at?: boolean;
    delay_seconds?: number;
    boundary?: "exclusive";
    full_feature_names?: boolean;
  };
  expected: Row[] | null;
  expected_error: string | null;
  note: string | null;
}

/** The 32 cases of what a row may see at its time, and what it must not. */
export const pointInTimeCases = JSON.parse(
  readFileSync(path.join(import.meta.dirname, "..", "cases", "point-in-time.json"), "utf8"),
) as PointInTimeCase[];

/** The rows asked for and the tables that hold features. */
export function caseTables(example: PointInTimeCase): SmallTable[] {
  return [entityRows(example), ...viewTables(example)];
}

/** The matrix's rows, and what the case says they are; each with the columns that the case names. */
export function rowsOf(
  example: PointInTimeCase,
  { preview }: MatrixResult,
): { rows: Row[]; expected: Row[] } {
  const names = preview.columns.map(({ name }) => name);
  const expected = example.expected ?? [];
  const rows = preview.rows.map((row) =>
    pick(Object.fromEntries(row.map((cell, index) => [names[index], cell])), Object.keys(expected[0] ?? {})),
  );
  return { rows, expected };
}

/** Rows are given in a table that the registry does not know: types come from the warehouse. */
function entityRows({ entity }: PointInTimeCase): SmallTable {
  const names = [...new Set(entity.flatMap((row) => Object.keys(row)))];
  return {
    name: "entity_rows",
    unregistered: true,
    grain: [],
    keys: [],
    columns: Object.fromEntries(names.map((name) => [name, typeOfValues(name, entity)])),
    rows: entity.map((row) => ({ ...row, event_timestamp: inUtc(String(row.event_timestamp)) })),
  };
}

/** Views that are the same rows under another name are one table, selected twice. */
function viewTables(example: PointInTimeCase): SmallTable[] {
  return tablesOf(example).map(({ name, keys, view }) => ({
    name,
    grain: [...keys, view.ts],
    keys: [{ kind: "foreign", entity: keys.join("+"), columns: keys }],
    eventTime: view.ts,
    ...(view.created === null ? {} : { createdTime: view.created }),
    ...(view.ttl_seconds === null ? {} : { ttlSeconds: view.ttl_seconds }),
    columns: Object.fromEntries([
      ...keys.map((key) => [key, "integer"] as const),
      [view.ts, "timestamp"],
      ...(view.created === null ? [] : [[view.created, "timestamp"] as const]),
      ...view.features.map((feature) => [feature, "integer"] as const),
    ]),
    rows: view.rows,
  }));
}

function tablesOf({ views }: PointInTimeCase) {
  const [first, second] = views;
  const twice = first && second && JSON.stringify(first.rows) === JSON.stringify(second.rows);
  return (twice ? [{ ...first, name: "weather" }] : views).map((view) => ({
    name: view.name,
    keys: Object.values(view.join_key_map),
    view,
  }));
}

export function featureSetOf(example: PointInTimeCase): FeatureSet {
  const tables = tablesOf(example);
  const shared = tables.length < example.views.length;
  const selections = example.views.map((view, index): Selection => {
    const table = tables[shared ? 0 : index]?.name ?? "";
    return { table, features: view.features, alias: view.name, ...(shared ? { path: view.name } : {}) };
  });
  const keys = example.views.map((view) => ({
    entity: Object.values(view.join_key_map).join("+"),
    columns: Object.keys(view.join_key_map),
    ...(shared ? { role: view.name } : {}),
  }));
  const {
    known_at: knownAt = false,
    delay_seconds: delaySeconds = 0,
    boundary = "inclusive",
  } = example.options;
  return smallFeatureSet("", {
    spine: {
      kind: "given",
      table: "entity_rows",
      keys: keys.filter((key, index) => keys.findIndex(sameAs(key)) === index),
      eventTime: "event_timestamp",
      columns: example.entity.some((row) => "label" in row) ? ["label"] : [],
    },
    selections,
    alignment: { boundary, knownAt, delaySeconds },
    names: example.options.full_feature_names ? "full" : "short",
  });
}

function sameAs(key: unknown) {
  return (other: unknown) => JSON.stringify(other) === JSON.stringify(key);
}

function typeOfValues(name: string, rows: Row[]): ColumnType {
  if (name === "event_timestamp") return "timestamp";
  return rows.some((row) => typeof row[name] === "string") ? "text" : "integer";
}

/** As loading does it: without an offset a time is UTC already. */
function inUtc(text: string): string {
  return /[+-]\d\d:\d\d$/.test(text) ? new Date(text.replace(" ", "T")).toISOString() : text;
}

function pick(row: Row, names: string[]): Row {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}
