import { describe, expect, it } from "vitest";
import { type ChartedResult, drawChart } from ".";

type Cell = ChartedResult["rows"][number][number];

/** What stands before each point of a line by a column of this name and type. */
function line(name: string, type: string, when: Cell[], values?: Cell[]) {
  const rows = when.map((at, index): Cell[] => [at, values ? (values[index] ?? null) : 1]);
  const columns = [
    { name, type },
    { name: "n", type: "integer" },
  ];
  const drawn = drawChart({ columns, rows, truncated: false });
  expect(drawn?.kind).toBe("line");
  return drawn?.points.map(({ isAfterGap }) => (isAfterGap ? "gap" : "line"));
}

describe("a line", () => {
  it.each<[string, string, string, Cell[], string[]]>([
    ["a month", "month", "date", ["2026-01-01", "2026-02-01", "2026-04-01"], ["line", "line", "gap"]],
    ["all months but two", "month", "date", ["2026-01-01", "2026-04-01"], ["line", "gap"]],
    [
      "a month over New Year",
      "LISTED_MONTH",
      "text",
      ["2025-11", "2026-01", "2026-02"],
      ["line", "gap", "line"],
    ],
    [
      "a month by its last day",
      "month",
      "date",
      ["2026-01-31", "2026-02-28", "2026-04-30"],
      ["line", "line", "gap"],
    ],
    [
      "a month as a number",
      "month",
      "integer",
      [202511, 202512, 202601, 202603],
      ["line", "line", "line", "gap"],
    ],
    ["a year", "MODEL_YEAR", "integer", [2019, 2020, 2022], ["line", "line", "gap"]],
    ["a week", "week", "date", ["2026-01-05", "2026-01-12", "2026-01-26"], ["line", "line", "gap"]],
    [
      "a month of a column that is called otherwise",
      "seen",
      "timestamp",
      ["2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-05-01T00:00:00Z"],
      ["line", "line", "gap"],
    ],
    [
      "an hour among hours",
      "at_time",
      "timestamp",
      ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00Z", "2026-01-01T02:00:00Z", "2026-01-01T04:00:00Z"],
      ["line", "line", "line", "gap"],
    ],
  ])("is broken where %s is missing", (_, name, type, when, parts) => {
    expect(line(name, type, when)).toEqual(parts);
  });

  it.each<[string, string, string, Cell[]]>([
    ["months that follow each other", "month", "date", ["2025-12-01", "2026-01-01", "2026-02-01"]],
    ["quarters", "quarter", "date", ["2025-10-01", "2026-01-01", "2026-04-01"]],
    ["years", "year", "date", ["2025-01-01", "2026-01-01"]],
    [
      "quarters of a column that is called otherwise",
      "closed",
      "date",
      ["2025-10-01", "2026-01-01", "2026-04-01"],
    ],
    [
      "dates on which something happened",
      "sold_on",
      "date",
      ["2026-01-03", "2026-01-04", "2026-01-17", "2026-02-20"],
    ],
  ])("is whole over %s", (_, name, type, when) => {
    expect(line(name, type, when)).toEqual(when.map(() => "line"));
  });

  it("is broken where a row has no value, also of dates that are no periods", () => {
    const when = ["2026-01-03", "2026-01-10", "2026-01-19", "2026-02-20"];
    expect(line("sold_on", "date", when, [1, null, 2, 3])).toEqual(["line", "gap", "line"]);
    expect(line("sold_on", "date", when, [null, 1, 2, 3])).toEqual(["line", "line", "line"]);
  });

  it("is broken by itself where only other lines have the period", () => {
    const columns = [
      { name: "month", type: "date" },
      { name: "FUEL", type: "text" },
      { name: "n", type: "integer" },
    ];
    const rows = [1, 2, 3].flatMap((month): Cell[][] => [
      [`2026-0${month}-01`, "petrol", month],
      ...(month === 2 ? [] : [[`2026-0${month}-01`, "diesel", month]]),
    ]);
    const drawn = drawChart({ columns, rows, truncated: false });
    expect(drawn?.points.filter(({ isAfterGap }) => isAfterGap)).toMatchObject([{ series: "diesel", y: 3 }]);
  });
});
