import { describe, expect, it } from "vitest";
import { resolveFeatureSet } from "@/lib/feature-set";
import { buildMatrix } from "@/lib/matrix";
import { quoteName } from "@/lib/warehouse/quote";
import { openSmallMart, type SmallTable, smallFeatureSet, smallRegistry } from "@/tests/support/small-mart";
import { compilePlan } from "./compile";

/** Names from a hostile CSV header, and names that the compiler itself would like to use. */
const hostile = [
  'a"b',
  "x; DROP TABLE y --",
  "new\nline",
  "/* c */",
  "Größe 量 🚗",
  "' OR 1=1",
  "\\",
  " ",
  "select",
];
const own = [
  "rid",
  "time",
  "event",
  "created",
  "visible_from",
  "visible_until",
  "tied",
  "recency",
  "rows",
  "key1",
];

describe("identifiers", () => {
  it.each([
    ["hostile", 'T"; DROP TABLE "S', hostile],
    ["the compiler's own", "j1", own],
    ["a table named as the spine is", "spine", ["v"]],
    ["a table named as a CTE is", "j1_versions", ["s", "t", "a", "v", "r"]],
  ])("that are %s are just names", async (_, name, columns) => {
    const values = (row: number) =>
      Object.fromEntries(columns.map((column, index) => [column, row * 100 + index]));
    const integers = Object.fromEntries(columns.map((column) => [column, "integer" as const]));
    const finer: SmallTable = {
      name: `${name} finer`,
      grain: ["id\n1"],
      keys: [{ kind: "foreign", entity: "s", columns: ['k"1'] }],
      columns: {
        "id\n1": "integer",
        'k"1': "integer",
        ...Object.fromEntries(
          columns.map((column) => [`${column}2`, { type: "integer" as const, aggregation: "sum" as const }]),
        ),
      },
      rows: [1, 2].map((id) => ({
        "id\n1": id,
        'k"1': 1,
        ...Object.fromEntries(columns.map((column, index) => [`${column}2`, index])),
      })),
    };
    const versions: SmallTable = {
      name,
      grain: ['k"1', "when\r\n--"],
      keys: [{ kind: "foreign", entity: "s", columns: ['k"1'] }],
      eventTime: "when\r\n--",
      columns: { 'k"1': "integer", "when\r\n--": "timestamp", ...integers },
      rows: [1, 2].map((row) => ({ 'k"1': 1, "when\r\n--": `2025-01-0${row}`, ...values(row) })),
    };
    const mart = await openSmallMart([spineTable("k'1"), versions, finer]);
    try {
      const { preview } = await buildMatrix({
        ...mart,
        featureSet: smallFeatureSet("s", {
          selections: [
            { table: name, features: columns },
            { table: finer.name, features: columns.map((column) => `${column}2`) },
          ],
          filters: [{ table: name, column: columns[0] ?? "", operator: "gte", values: [0] }],
        }),
      });
      expect(preview.columns.map((column) => column.name)).toEqual([
        "k'1",
        ...columns,
        ...columns.map((column) => `${column}2`),
      ]);
      expect(preview.rows).toEqual([
        [1, ...Object.values(values(2)), ...columns.map((_, index) => index * 2)],
      ]);
    } finally {
      await mart.close();
    }
  });
});

it("a name with a NUL is no name", () => {
  expect(() => quoteName("a\0b")).toThrow(expect.objectContaining({ code: "FEATURE_SET_INVALID" }));
});

describe("text in filters", () => {
  const nasty = ["it's", "'; DROP TABLE S; --", "back\\slash", "new\nline", '"', "%_", "Größe 量 🚗", ""];

  it.each(nasty)("%j finds exactly itself", async (value) => {
    const table = spineTable("id", nasty);
    const mart = await openSmallMart([table]);
    try {
      const { preview, report } = await buildMatrix({
        ...mart,
        featureSet: smallFeatureSet("s", {
          selections: [{ table: "S", features: ["text"] }],
          filters: [{ table: "S", column: "text", operator: "in", values: [value] }],
        }),
      });
      expect(preview.rows.map((row) => row[1])).toEqual([value]);
      expect(report.filters[0]).toMatchObject({ kept: 1, population: nasty.length });
    } finally {
      await mart.close();
    }
  });

  it("is escaped as each dialect wants it", () => {
    const featureSet = smallFeatureSet("s", {
      selections: [{ table: "S", features: ["text"] }],
      filters: [{ table: "S", column: "text", operator: "in", values: ["it's \\ "] }],
    });
    const plan = resolveFeatureSet(featureSet, smallRegistry([spineTable("id")]));
    expect(compilePlan(plan, "duckdb").matrixSql).toContain(`t."text" = 'it''s \\ '`);
    expect(compilePlan(plan, "snowflake").matrixSql).toContain(`t."text" = 'it''s \\\\ '`);
  });
});

describe("comments", () => {
  it("never end before their line, so that no name can become SQL", () => {
    const name = "evil\r\n; DROP TABLE S; \u2028\u0085--";
    const table: SmallTable = {
      name,
      grain: ["id"],
      keys: [{ kind: "primary", entity: "s", columns: ["id"] }],
      columns: { id: "integer", v: "integer" },
      rows: [],
    };
    const plan = resolveFeatureSet(
      smallFeatureSet("s", { selections: [{ table: name, features: ["v"] }] }),
      smallRegistry([spineTable("id"), table]),
    );
    const comments = compilePlan(plan, "duckdb")
      .matrixSql.split("\n")
      .filter((line) => line.startsWith("--"));
    expect(comments).toContain("-- j1: evil ; DROP TABLE S; --, one to one");
  });
});

describe("a statement", () => {
  const wide = Array.from({ length: 8 }, (_, table): SmallTable => {
    const features = Array.from({ length: 150 }, (_, index) => [`f${table}_${index}`, "float"] as const);
    return {
      name: `WIDE_${table}`,
      grain: table % 2 === 0 ? ["id"] : ["id", "at"],
      keys: [{ kind: "foreign", entity: "s", columns: ["id"] }],
      ...(table % 2 === 0 ? {} : { eventTime: "at" }),
      columns: { id: "integer", at: "timestamp", ...Object.fromEntries(features) },
      rows: [],
    };
  });
  const registry = smallRegistry([spineTable("id"), ...wide]);
  const featureSet = smallFeatureSet("s", {
    selections: wide.map(({ name, columns }) => ({ table: name, features: Object.keys(columns).slice(2) })),
  });

  it.each(["duckdb", "snowflake"] as const)(
    "of 1,200 columns over eight tables is the same every time (%s)",
    (dialect) => {
      const compile = () => compilePlan(resolveFeatureSet(featureSet, registry), dialect);
      const first = compile();
      expect(compile()).toEqual(first);
      expect(first.matrixSql.match(/LEFT JOIN/g)).toHaveLength(8);
      expect(Math.max(...first.matrixSql.split("\n").map((line) => line.length))).toBeLessThan(12_000);
    },
  );

  it("can name the schema of its tables", () => {
    const { matrixSql } = compilePlan(resolveFeatureSet(featureSet, registry), "snowflake", {
      schema: 'm"art',
    });
    expect(matrixSql).toContain('FROM "m""art"."S" AS t');
    expect(matrixSql).toContain('JOIN "m""art"."WIDE_0" AS t');
  });
});

function spineTable(id: string, texts: string[] = ["a"]): SmallTable {
  return {
    name: "S",
    entity: "s",
    kind: "entity",
    grain: [id],
    keys: [{ kind: "primary", entity: "s", columns: [id] }],
    columns: { [id]: "integer", text: "text" },
    rows: texts.map((text, index) => ({ [id]: index + 1, text })),
  };
}
