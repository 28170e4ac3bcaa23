import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import type { QueryPart, QueryRows } from "@/agents/parts";
import { drawChart } from "@/lib/charts";
import { QueryCard } from "./query-card";
import type { CardContext } from "./types";

const columns: QueryRows["columns"] = [
  { name: "CITY_NAME", type: "text" },
  { name: "sellers", type: "integer" },
];

function shown(
  changes: Partial<QueryPart> = {},
  result: Partial<QueryRows> | null = {},
  live = false,
): string {
  const rows = result?.rows ?? [
    ["Pune", 41],
    ["Delhi", 33],
    [null, 2],
  ];
  const data: QueryPart = {
    ...{ title: "Your SQL", writtenBy: "person", reading: null, dialect: "duckdb", state: "done" },
    sql: "SELECT 1",
    result: result && {
      ...{
        columns,
        rows,
        rowCount: rows.length,
        truncated: false,
        seconds: 0.2,
        stored: null,
      },
      chart: drawChart({ columns, rows, truncated: false }),
      ...result,
    },
    ...changes,
  };
  const context = { live } as CardContext;
  return renderToStaticMarkup(<QueryCard data={data} context={context} />);
}

const words = (markup: string) => markup.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

describe("QueryCard", () => {
  it("shows the statement, a chart with its name, the rows with NULL as itself, and how many", () => {
    const markup = shown();
    expect(words(markup)).toMatch(/SELECT 1 .*Rows .*3 rows × 2 columns/);
    expect(markup).toContain('role="img" aria-label="sellers by CITY_NAME"');
    expect(markup).toContain("<title>Pune: 41</title>");
    expect(words(markup)).toContain("null");
    expect(words(markup)).toContain("Download CSV");
  });

  it("says who wrote the SQL where it was not the person, and how a question was read", () => {
    expect(words(shown({ writtenBy: "model" }))).toContain("SQL written by the language model");
    expect(words(shown({ writtenBy: "offline", reading: "Read as: the number of sellers." }))).toContain(
      "Read as:",
    );
    expect(words(shown())).not.toContain("written by");
  });

  it("tells that there are more rows", () => {
    expect(words(shown({}, { truncated: true, rowCount: 1000 }))).toContain(
      "first 1,000 rows; there are more",
    );
    const stored = { conversationId: "c", name: "n" };
    expect(words(shown({}, { rowCount: 900, stored }))).toMatch(/Show all 900 rows .*3 of 900 rows shown/);
    // Every row is there, but not every cell is whole.
    expect(words(shown({}, { stored }))).toMatch(/Show long cells whole .*Long cells are cut/);
    expect(words(shown())).not.toMatch(/Show (all|long)/);
  });

  it("shows a statement that runs, was cut off, or gave nothing", () => {
    expect(words(shown({ state: "running" }, null, true))).toContain("Running");
    expect(words(shown({ state: "running" }, null))).toContain("stopped before it had run");
    expect(words(shown({ state: "failed" }, null))).toContain("gave no result");
    expect(words(shown({}, { rows: [], rowCount: 0 }))).toContain("No rows.");
    expect(words(shown({}, { rows: [], rowCount: 0 }))).not.toContain("Download");
  });

  it("shows hostile text as text, in cells, names, titles and the chart", () => {
    const evil = `<img src=x onerror="alert(1)">`;
    const hostile = [
      { name: evil, type: "text" as const },
      { name: "n", type: "integer" as const },
    ];
    const rows: QueryRows["rows"] = [
      [evil, 1],
      ["</svg><script>alert(2)</script>", 2],
    ];
    const chart = drawChart({ columns: hostile, rows, truncated: false });
    const markup = shown({ title: evil, sql: `SELECT '${evil}'` }, { columns: hostile, rows, chart });
    expect(chart?.points).toHaveLength(2);
    expect(markup).not.toMatch(/<img|<script/);
  });

  it.each([
    [
      "line",
      [
        ["2026-01-01", 1],
        ["2026-02-01", 5],
      ],
      "date",
    ],
    [
      "bar",
      [
        ["a", -3],
        ["b", 0],
      ],
      "text",
    ],
    [
      "bar",
      [
        ["a", 1e15],
        ["b", 1e-9],
      ],
      "text",
    ],
    [
      "scatter",
      [
        [1, 1],
        [2, 5],
        [2, 5],
      ],
      "float",
    ],
  ] as const)("draws a %s whose places are all numbers", (kind, rows, type) => {
    const drawn = [
      { name: "x", type },
      { name: "y", type: "float" as const },
    ];
    const chart = drawChart({ columns: drawn, rows: rows.map((row) => [...row]), truncated: false });
    expect(chart?.kind).toBe(kind);
    expect(shown({}, { columns: drawn, rows: rows.map((row) => [...row]), chart })).not.toMatch(
      /NaN|Infinity|undefined/,
    );
  });

  it("draws counted values whose places are all numbers", () => {
    const drawn = [{ name: "x", type: "float" as const }];
    const rows = Array.from({ length: 30 }, (_, n): QueryRows["rows"][number] => [n * n]);
    const chart = drawChart({ columns: drawn, rows, truncated: false });
    expect(chart?.kind).toBe("histogram");
    expect(shown({}, { columns: drawn, rows, chart })).not.toMatch(/NaN|Infinity|undefined/);
  });
});
