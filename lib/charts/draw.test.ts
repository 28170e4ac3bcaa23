import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Chart, type ChartedResult, drawChart } from ".";

type Rows = ChartedResult["rows"];

function chart(
  columns: Record<string, string>,
  rows: Rows,
  more: { proposal?: unknown; truncated?: boolean } = {},
) {
  const described = Object.entries(columns).map(([name, type]) => ({ name, type }));
  return drawChart({ columns: described, rows, truncated: more.truncated ?? false }, more.proposal);
}

const cities: Rows = [
  ["Pune", 41],
  ["Delhi", 33],
  [null, 2],
];
const ofCities = { CITY_NAME: "text", sellers: "integer" };

describe("the chart that fits a result", () => {
  it("draws names and a number as bars, in the order of the rows, NULL as itself", () => {
    expect(chart(ofCities, cities)).toEqual<Chart>({
      ...{ kind: "bar", x: "CITY_NAME", y: "sellers", series: null, xIs: "name" },
      title: "sellers by CITY_NAME",
      points: [
        { x: "Pune", y: 41, series: null },
        { x: "Delhi", y: 33, series: null },
        { x: null, y: 2, series: null },
      ],
      note: null,
    });
  });

  it.each([
    ["a date", "date", ["2026-03-01", "2026-01-01", "2026-02-01"]],
    ["a timestamp", "timestamp", ["2026-03-01T00:00:00Z", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"]],
    ["a month as text", "text", ["2026-03", "2026-01", "2026-02"]],
  ])("draws %s and a number as a line, from early to late", (_, type, when) => {
    const drawn = chart(
      { month: type, listings: "integer" },
      when.map((at, index) => [at, index]),
    );
    expect(drawn).toMatchObject({ kind: "line", xIs: "time", x: "month", y: "listings" });
    expect(drawn?.points.map(({ x, y }) => [new Date(Number(x)).toISOString().slice(0, 7), y])).toEqual([
      ["2026-01", 1],
      ["2026-02", 2],
      ["2026-03", 0],
    ]);
  });

  it("takes a year for time, not for a measure", () => {
    const drawn = chart({ MODEL_YEAR: "integer", mean_price: "float" }, [
      [2021, 1.5],
      [2020, 2.5],
    ]);
    expect(drawn).toMatchObject({ kind: "line", xIs: "number", y: "mean_price" });
  });

  it("splits a line by the one other column", () => {
    const rows: Rows = [
      ["2026-01-01", "petrol", 3],
      ["2026-01-01", "diesel", 2],
      ["2026-02-01", "petrol", 4],
    ];
    expect(chart({ month: "date", FUEL: "text", n: "integer" }, rows)).toMatchObject({
      kind: "line",
      series: "FUEL",
    });
  });

  it("draws two numbers as dots, and one alone as counted values", () => {
    expect(
      chart({ a: "float", b: "float" }, [
        [1, 2],
        [2, 1],
        [2, 3],
      ]),
    ).toMatchObject({ kind: "scatter" });
    const values = Array.from({ length: 40 }, (_, index): Rows[number] => [index % 10]);
    const drawn = chart({ a: "integer" }, values);
    expect(drawn).toMatchObject({ kind: "histogram", y: null });
    expect(drawn?.points.reduce((sum, { y }) => sum + y, 0)).toBe(40);
  });

  it("reads numbers that came as text", () => {
    const rows: Rows = [
      ["a", "12345678901234567890.5"],
      ["b", "1"],
    ];
    expect(chart({ name: "text", total: "decimal" }, rows)?.points[0]?.y).toBe(12345678901234567000);
  });

  it.each<[string, Record<string, string>, Rows]>([
    ["one row", ofCities, [["Pune", 41]]],
    [
      "nothing known",
      ofCities,
      [
        ["Pune", null],
        ["Delhi", null],
      ],
    ],
    ["more bars than can be read", ofCities, Array.from({ length: 51 }, (_, n) => [`city ${n}`, n])],
    [
      "two values under one name",
      ofCities,
      [
        ["Pune", 1],
        ["Pune", 2],
        ["Delhi", 3],
      ],
    ],
    [
      "two values at one instant",
      { month: "date", n: "integer" },
      [
        ["2026-01-01", 1],
        ["2026-01-01", 2],
      ],
    ],
    [
      "a list of rows",
      { a: "text", b: "float", c: "float", d: "float", e: "float", f: "float" },
      [
        ["x", 1, 2, 3, 4, 5],
        ["y", 1, 2, 3, 4, 5],
      ],
    ],
    [
      "text alone",
      { a: "text", b: "text" },
      [
        ["x", "y"],
        ["z", "w"],
      ],
    ],
    [
      "an id as a measure",
      { name: "text", SELLER_ID: "integer" },
      [
        ["x", 1],
        ["y", 2],
      ],
    ],
    ["two columns of one name", { a: "text", "": "integer" }, []],
    [
      "infinite values",
      ofCities,
      [
        ["Pune", "Infinity"],
        ["Delhi", "NaN"],
      ],
    ],
  ])("draws nothing for %s", (_, columns, rows) => {
    expect(chart(columns, rows)).toBeNull();
  });

  it("cuts names that are far too long, and draws none that cannot be told apart then", () => {
    const long = "é".repeat(5000);
    const rows: Rows = [
      [`a${long}`, 1],
      [`b${long}`, 2],
    ];
    expect(chart(ofCities, rows)?.points.map(({ x }) => String(x).length)).toEqual([200, 200]);
    expect(
      chart(
        ofCities,
        rows.map(([name, n]) => [`${long}${name}`, n ?? null]),
      ),
    ).toBeNull();
  });

  it("says what a reader must know: rows cut off, rows without a value", () => {
    const rows: Rows = [...cities, ["Agra", null]];
    expect(chart(ofCities, rows, { truncated: true })?.note).toBe(
      "There are more rows than these; the chart shows the first ones only. 1 row has no value to draw.",
    );
    const prices: Rows = Array.from({ length: 40 }, (_, n) => [n % 2 ? n : null]);
    expect(chart({ price: "float" }, prices)).toMatchObject({
      kind: "histogram",
      note: "20 rows have no value to draw.",
    });
  });
});

describe("a proposed chart", () => {
  const columns = { CITY_NAME: "text", sellers: "integer", buyers: "integer" };
  const rows: Rows = [
    ["Pune", 41, 7],
    ["Delhi", 33, 9],
  ];

  it("is drawn where it fits", () => {
    const proposal = { kind: "bar", x: "CITY_NAME", y: "buyers", series: null };
    expect(chart(columns, rows, { proposal })).toMatchObject(proposal);
  });

  it.each([
    ["an unknown column", { kind: "bar", x: "TOWN", y: "buyers", series: null }],
    ["text as a measure", { kind: "bar", x: "sellers", y: "CITY_NAME", series: null }],
    ["a line over names", { kind: "line", x: "CITY_NAME", y: "buyers", series: null }],
    ["another kind", { kind: "pie", x: "CITY_NAME", y: "buyers", series: null }],
    ["code", { kind: "bar", x: "CITY_NAME", y: "buyers", series: null, onClick: "alert(1)" }],
    ["prose", "a bar chart, please"],
  ])("with %s is not taken; the rules choose", (_, proposal) => {
    expect(chart(columns, rows, { proposal })).toMatchObject({ kind: "bar", x: "CITY_NAME", y: "sellers" });
  });
});

describe("whatever the result", () => {
  const cell = fc.oneof(fc.constant(null), fc.string(), fc.double(), fc.boolean(), fc.constant("2026-01-01"));
  const type = fc.constantFrom("text", "integer", "float", "decimal", "date", "timestamp", "boolean");
  const result = fc.integer({ min: 1, max: 4 }).chain((width) =>
    fc.record({
      types: fc.array(type, { minLength: width, maxLength: width }),
      rows: fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 60 }),
    }),
  );

  it("every point drawn is a finite number, and no name or instant has two", () => {
    fc.assert(
      fc.property(result, ({ types, rows }) => {
        const drawn = drawChart({
          columns: types.map((type, index) => ({ name: `c${index}`, type })),
          rows,
          truncated: false,
        });
        if (!drawn) return;
        expect(drawn.points.every(({ y }) => Number.isFinite(y))).toBe(true);
        if (drawn.kind === "scatter") return;
        const places = drawn.points.map(({ x, series }) => JSON.stringify([x, series]));
        expect(new Set(places).size).toBe(places.length);
      }),
      { numRuns: 500 },
    );
  });

  it("counted values lose nobody", () => {
    const values = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), {
      minLength: 20,
      maxLength: 200,
    });
    fc.assert(
      fc.property(values, (numbers) => {
        const drawn = chart(
          { a: "float" },
          numbers.map((number) => [number]),
        );
        if (!drawn) return;
        expect(drawn.points.reduce((sum, { y }) => sum + y, 0)).toBe(numbers.length);
        for (const { x, to } of drawn.points) expect(to).toBeGreaterThan(Number(x));
      }),
    );
  });
});
