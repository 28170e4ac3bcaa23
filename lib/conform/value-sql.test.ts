import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { field, type SourceTable } from "@/lib/pipeline/source-table";
import { type DuckDbWriter, openDuckDbWriter, quoteText } from "@/lib/warehouse";
import { type SourceColumn, sourceColumns } from "./columns";
import {
  dateShape,
  falseWords,
  groupedNumber,
  meantForDate,
  missingTexts,
  missingWords,
  plainNumber,
  timeShape,
  trueWords,
  valueMacros,
  whitespace,
} from "./value-macros";
import { valueSql } from "./value-sql";

const schemas = {
  text: field.text(12),
  maybe_text: field.text(5).nullable(),
  integer: field.integer(-5, 1e15),
  free_integer: z.int().nullable(),
  number: field.number(-90, 90),
  free_number: z.number().nullable(),
  flag: field.flag(),
  date: field.date(),
  maybe_date: field.date().nullable(),
  time: field.time(),
  maybe_time: field.time().nullable(),
  choice: field.oneOf(["Tier 1", "gold", "55+"]),
} satisfies z.ZodRawShape;
type Name = keyof typeof schemas;

const table: SourceTable = {
  source: "test",
  name: "values",
  protocol: "csv",
  description: "",
  row: z.object({ ...schemas }),
  key: ["text"],
  references: [],
  changes: 1,
};
const columns = new Map(sourceColumns(table).map((column) => [column.name, column]));

let directory: string;
let engine: DuckDbWriter;
beforeAll(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), "value-sql-"));
  engine = await openDuckDbWriter(path.join(directory, "test.duckdb"));
  await engine.run(valueMacros);
});
afterAll(async () => {
  await engine.close();
  await rm(directory, { recursive: true, force: true });
});

describe("the SQL of a field and its zod schema give the same verdict", () => {
  it.each(Object.keys(schemas) as Name[])("%s", async (name) => {
    await fc.assert(
      fc.asyncProperty(fc.array(rawText, { minLength: 1, maxLength: 400, size: "max" }), async (texts) => {
        const judged = await judge(name, texts);
        expect(texts.map((text, index) => ({ text, ...judged[index] }))).toEqual(
          texts.map((text) => ({ text, ...zodVerdict(name, text) })),
        );
      }),
      { numRuns: 25 },
    );
  });
});

describe("what was decided about dirty values", () => {
  it.each<[Name, string | null, string | number | boolean | null]>([
    ["text", " \u00a0Pune\t", "Pune"],
    ["text", "None", "None"],
    ["text", "NULL", "missing_value"],
    ["maybe_text", "  ", null],
    ["text", "much too long a text", "out_of_range"],
    ["maybe_text", "😀😀😀😀😀", "😀😀😀😀😀"],
    ["maybe_text", "😀😀😀😀😀a", "out_of_range"],
    ["integer", "12.0", 12],
    ["integer", "1,23,456", 123456],
    ["integer", "12,5", "wrong_type"],
    ["integer", "12.5", "wrong_type"],
    ["integer", "-6", "out_of_range"],
    ["integer", "9007199254740993", "out_of_range"],
    ["integer", "twelve", "wrong_type"],
    ["integer", null, "missing_value"],
    ["number", "1e309", "out_of_range"],
    ["free_number", "1e309", "out_of_range"],
    ["number", "NaN", "missing_value"],
    ["free_number", "nan", null],
    ["number", "inf", "wrong_type"],
    ["number", "0x1F", "wrong_type"],
    ["number", " 1.5e1 ", 15],
    ["flag", "Yes", true],
    ["flag", "0", false],
    ["flag", "perhaps", "wrong_type"],
    ["date", "2026-02-30", "impossible_date"],
    ["date", "2026-02-28T00:00:00Z", "2026-02-28"],
    ["date", "2026-02-28T10:00:00Z", "impossible_date"],
    ["date", "28/02/2026", "wrong_type"],
    ["maybe_date", "n/a", null],
    ["time", "2026-01-01 03:00:00+05:30", "2025-12-31T21:30:00Z"],
    ["time", "2026-01-01T03:00-0130", "2026-01-01T04:30:00Z"],
    ["time", "2026-01-01 03:00:00.25", "2026-01-01T03:00:00.25Z"],
    ["time", "2026-01-01T24:00:00Z", "impossible_date"],
    ["time", "2025-02-29T10:00:00Z", "impossible_date"],
    ["time", "1767225600", "wrong_type"],
    ["choice", "GOLD", "gold"],
    ["choice", "tier 1 ", "Tier 1"],
    ["choice", "bronze", "wrong_type"],
  ])("%s: %j → %j", async (name, text, expected) => {
    const [verdict] = await judge(name, [text]);
    expect(verdict?.reason ?? verdict?.value).toEqual(expected);
  });
});

interface Verdict {
  reason: string | null;
  value: string | number | boolean | null;
}

async function judge(name: Name, texts: (string | null)[]): Promise<Verdict[]> {
  const sql = valueSql(columns.get(name) as SourceColumn);
  const faults = sql.faults("present", "read").map(([when, then]) => `WHEN ${when} THEN ${quoteText(then)}`);
  await engine.run("CREATE OR REPLACE TEMP TABLE texts (i BIGINT, raw VARCHAR)");
  await engine.appendRows(
    "texts",
    texts.map((text, index) => [index, text]),
  );
  const { rows } = await engine.query(
    `SELECT CASE ${faults.join(" ")} END AS reason, ${sql.value("read")} FROM (
       SELECT *, ${sql.read("present")} AS read FROM (SELECT i, ${sql.present("raw")} AS present FROM texts)
     ) ORDER BY i`,
  );
  return rows.map(([reason, value]) => ({
    reason: reason === null ? null : String(reason),
    value: reason === null ? (value ?? null) : null,
  }));
}

const digits = (least: number, most: number, width: number) =>
  fc.integer({ min: least, max: most }).map((number) => String(number).padStart(width, "0"));
const day = fc.tuple(digits(1, 9999, 4), digits(0, 13, 2), digits(0, 32, 2)).map((parts) => parts.join("-"));
const clock = fc.tuple(
  fc.constantFrom("T", " ", "t", "  "),
  digits(0, 25, 2),
  fc.constantFrom(":", ":", "."),
  digits(0, 61, 2),
  fc.oneof(
    fc.constant(""),
    digits(0, 61, 2).map((seconds) => `:${seconds}`),
  ),
  fc.oneof(
    fc.constant(""),
    digits(0, 999_999_999, 1).map((fraction) => `.${fraction}`),
  ),
  fc.constantFrom("", "Z", "z", " UTC", "+05:30", "-0130", "+09", " -23:59", "+24:00", "+5:30"),
);
const decimal = fc.tuple(
  fc.constantFrom("", "-", "+"),
  fc.oneof(digits(0, 1e6, 1), fc.bigInt({ min: 0n, max: 10n ** 25n }).map(String), fc.constant("")),
  fc.oneof(
    fc.constant(""),
    digits(0, 999, 1).map((fraction) => `.${fraction}`),
    fc.constantFrom(".", ",5", ",500"),
  ),
  fc.oneof(
    fc.constant(""),
    digits(0, 400, 1).map((exponent) => `e${exponent}`),
    fc.constantFrom("E-3", "e-400", "e"),
  ),
);
/** Near what a source may hold, so that every branch is reached, and anything at all. */
const bare = fc.oneof(
  day,
  fc.tuple(day, clock).map(([date, parts]) => date + parts.join("")),
  decimal.map((parts) => parts.join("")),
  fc.double().map(String),
  fc.constantFrom(
    "1,234",
    "1,23,456.5",
    "12,34",
    "1,2345",
    "0x1F",
    "1_000",
    "Infinity",
    "-inf",
    "1e309",
    "5e-324",
  ),
  fc.constantFrom(...missingWords, ...missingTexts, ...trueWords, ...falseWords, "NULL", "NaN", "TRUE", "No"),
  fc.constantFrom("Tier 1", "TIER 1", "gold", "Gold", "55+", "bronze", "gold\0", "goldé", "İ", "ſ", "K"),
  fc.string({ maxLength: 14 }),
  fc.string({ unit: "binary", maxLength: 8 }),
);
const rawText = fc
  .tuple(
    fc.constantFrom("", "", " ", "\t", "\u00a0", "\ufeff"),
    bare,
    fc.constantFrom("", "", " ", "\r\n", "\u3000"),
  )
  .map((parts) => parts.join(""));

const reasonOfIssue: Record<string, string> = {
  too_big: "out_of_range",
  too_small: "out_of_range",
};

/** The same normalisation written a second time, in JavaScript; then zod itself decides. */
function zodVerdict(name: Name, raw: string): Verdict {
  const { kind, choices } = columns.get(name) as SourceColumn;
  const value = normalised(kind, choices, raw);
  const result = schemas[name].safeParse(value);
  if (result.success) return { reason: null, value: shown(kind, result.data) };
  if (value === null) return { reason: "missing_value", value: null };
  // A number that overflows is too large, though zod takes infinity for no number.
  if (typeof value === "number" && !Number.isFinite(value)) return { reason: "out_of_range", value: null };
  const codes = result.error.issues.map(({ code }) => code);
  const isDate = kind === "date" || kind === "time";
  if (isDate && new RegExp(`^(?:${meantForDate})$`).test(trimmed(raw))) {
    return { reason: "impossible_date", value: null };
  }
  const reason = codes.includes("invalid_type")
    ? "wrong_type"
    : (reasonOfIssue[codes[0] ?? ""] ?? "wrong_type");
  return { reason, value: null };
}

function shown(kind: SourceColumn["kind"], value: unknown): Verdict["value"] {
  if (value === null) return null;
  if (kind === "integer") return Number(value) + 0;
  // The engine keeps microseconds and writes no zeros at the end.
  if (kind === "time") {
    return String(value)
      .replace(/(\.\d{6})\d+/, "$1")
      .replace(/\.?0+Z$/, (zeros) => (zeros.startsWith(".") ? "Z" : zeros))
      .replace(/(\.\d*?)0+Z$/, "$1Z");
  }
  return value as Verdict["value"];
}

function trimmed(raw: string): string {
  const characters = [...raw];
  while (characters.length > 0 && whitespace.includes(characters[0] as string)) characters.shift();
  while (characters.length > 0 && whitespace.includes(characters.at(-1) as string)) characters.pop();
  return characters.join("");
}

function normalised(kind: SourceColumn["kind"], choices: string[], raw: string): unknown {
  const text = trimmed(raw);
  const lower = text.toLowerCase();
  const full = (shape: string) => new RegExp(`^(?:${shape})$`).exec(text);
  if (kind === "text") return missingTexts.includes(text) ? null : text;
  if (missingWords.includes(lower)) return null;
  switch (kind) {
    case "integer":
    case "number": {
      if (!full(plainNumber) && !full(groupedNumber)) return text;
      return Number(text.replaceAll(",", ""));
    }
    case "flag":
      return trueWords.includes(lower) ? true : falseWords.includes(lower) ? false : text;
    case "date":
      return full(dateShape) ? text.slice(0, 10) : text;
    case "time": {
      const [, day, minute, second = ":00", sign, hours = "00", minutes = "00"] = full(timeShape) ?? [];
      if (!day) return text;
      const local = new Date(`${day}T${minute}:00Z`);
      if (Number.isNaN(local.getTime()) || local.toISOString().slice(0, 10) !== day) return text;
      const offset = (sign === "-" ? -1 : 1) * (60 * Number(hours) + Number(minutes));
      const utc = new Date(local.getTime() - offset * 60_000).toISOString();
      return utc.replace(/:\d\d\.000Z$/, `${second}Z`);
    }
    default:
      return choices.find((choice) => choice.toLowerCase() === lower) ?? text;
  }
}
