import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { FeatureSet, Selection } from "@/lib/feature-set";
import { buildMatrix } from "@/lib/matrix";
import type { ColumnType } from "@/lib/registry/types";
import type { Cell } from "@/lib/warehouse";
import { openSmallMart, type SmallMart, type SmallTable, smallFeatureSet } from "./support/small-mart";

type Row = Record<string, Cell>;

interface Case {
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

const folder = path.join(import.meta.dirname, "cases");
const cases = JSON.parse(readFileSync(path.join(folder, "point-in-time.json"), "utf8")) as Case[];
const open: SmallMart[] = [];
afterAll(() => Promise.all(open.map((mart) => mart.close())));

describe("point in time", () => {
  it("has all 32 cases", () => expect(cases).toHaveLength(32));

  it.each(cases)("$id: $title", async (example) => {
    const mart = await openSmallMart([entityRows(example), ...viewTables(example)]);
    open.push(mart);
    const build = () => buildMatrix({ featureSet: featureSetOf(example), ...mart });
    if (example.expected_error !== null) {
      await expect(build()).rejects.toThrow(example.expected_error);
      return;
    }
    const { preview, report, sql } = await build();
    const names = preview.columns.map(({ name }) => name);
    const rows = preview.rows.map((row) =>
      Object.fromEntries(row.map((cell, index) => [names[index], cell])),
    );
    const expected = example.expected ?? [];
    expect(rows.map((row) => pick(row, Object.keys(expected[0] ?? {})))).toEqual(expected);
    expect(report.rows).toBe(example.entity.length);
    const ties = /pit_ties=(\d+)/.exec(example.note ?? "")?.[1];
    if (ties !== undefined) expect(report.joins[0]?.ties).toBe(Number(ties));
    await expect(`${sql.snowflake}\n`).toMatchFileSnapshot(`snapshots/point-in-time/${example.id}.sql`);
  });
});

/** Rows are given in a table that the registry does not know: types come from the warehouse. */
function entityRows({ entity }: Case): SmallTable {
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
function viewTables(example: Case): SmallTable[] {
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

function tablesOf({ views }: Case) {
  const [first, second] = views;
  const twice = first && second && JSON.stringify(first.rows) === JSON.stringify(second.rows);
  return (twice ? [{ ...first, name: "weather" }] : views).map((view) => ({
    name: view.name,
    keys: Object.values(view.join_key_map),
    view,
  }));
}

function featureSetOf(example: Case): FeatureSet {
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
