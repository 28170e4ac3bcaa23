import type { ColumnType } from "@/lib/registry/types";
import type { DuckDbWriter } from "@/lib/warehouse";
import { quoteName, quoteText } from "@/lib/warehouse";
import {
  commaPattern,
  datePattern,
  decimalComma,
  floatPattern,
  integerPattern,
  timestampPattern,
  wholePattern,
  zonedPattern,
} from "./typed-value";

export interface InferredType {
  type: ColumnType;
  format?: string;
  nullTokens: string[];
  /** What a person should know: why it is text, which token was kept as a value. */
  notes: string[];
}

/** Stand for "no value" in any column; the weaker ones only where every other value is a number or a time. */
const tokens = ["NA", "N/A", "n/a", "na", "#N/A", "<NA>", "NULL", "Null", "null", "\\N", "nan", "NaN", "NAN"];
const weakTokens = ["-", "--", "?", ".", "*", "None", "none"];

const dateFormats = ["%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y", "%m-%d-%Y"];
const clockFormats = [" %H:%M", " %H:%M:%S"];

/** Ways to read a text, the narrowest first. `test` is SQL over `t`, the trimmed text. */
const readings: { type: ColumnType; format?: string; test: string; bothWords?: boolean }[] = [
  { type: "boolean", test: "lower(t) IN ('true', 'false')" },
  // "no" alone may as well be Norway.
  { type: "boolean", test: "lower(t) IN ('yes', 'no')", bothWords: true },
  { type: "integer", test: matches(integerPattern) },
  { type: "decimal", test: matches(wholePattern) },
  { type: "float", test: `${matches(floatPattern)} AND TRY_CAST(t AS DOUBLE) IS NOT NULL` },
  { type: "float", format: decimalComma, test: matches(`${commaPattern}|${integerPattern}`) },
  { type: "date", test: `${matches(datePattern)} AND TRY_CAST(t AS DATE) IS NOT NULL` },
  {
    type: "timestamp",
    test: `${matches(`${timestampPattern}|${datePattern}|${zonedPattern}`)} AND TRY_CAST(t AS TIMESTAMPTZ) IS NOT NULL`,
  },
  ...dateFormats.map((format) => ({ type: "date" as const, format, test: parses(format) })),
  ...dateFormats.flatMap((day) =>
    clockFormats.map((clock) => ({
      type: "timestamp" as const,
      format: day + clock,
      test: parses(day + clock),
    })),
  ),
];

/** Reads the type of a raw text column from every one of its values. */
export async function inferType(
  engine: DuckDbWriter,
  relation: string,
  column: string,
): Promise<InferredType> {
  const values = `(SELECT trim(${column}) AS t, count(*) AS n FROM ${quoteName(relation)} GROUP BY 1)`;
  const found = await engine.query(
    `SELECT t FROM ${values} WHERE t IN (${[...tokens, ...weakTokens].map(quoteText).join(", ")}) ORDER BY t`,
  );
  const seen = found.rows.map((row) => String(row[0]));
  const strong = seen.filter((token) => tokens.includes(token));
  const present = `t <> '' AND t NOT IN (${["", ...seen].map(quoteText).join(", ")})`;
  const measured = await engine.query(
    `SELECT coalesce(sum(n), 0), ${readings.map(({ test }) => `coalesce(sum(n) FILTER (${test}), 0)`).join(", ")},
      count(DISTINCT lower(t)), coalesce(bool_and(regexp_full_match(t, '[A-Z]{2}')), false), coalesce(bool_or(${matches(zonedPattern)}), false)
     FROM ${values} WHERE ${present}`,
  );
  const [row = []] = measured.rows;
  const total = Number(row[0]);
  const fits = readings.map((reading, index) => ({ ...reading, count: Number(row[index + 1]) }));
  const [distinct, twoLetters, zoned] = row.slice(readings.length + 1);

  if (total === 0) return { type: "text", nullTokens: strong, notes: ["holds no value at all"] };
  const full = fits.filter(({ count, bothWords }) => count === total && (!bothWords || distinct === 2));
  const [best] = full;
  if (best) {
    const rivals = full.filter(({ type, format }) => type === best.type && format && best.format);
    if (rivals.length > 1) {
      const ways = rivals.map(({ format }) => format).join(" or ");
      return { ...text(strong), notes: [`its dates can be read as ${ways}: set type and format`] };
    }
    const notes = best.type === "timestamp" && !zoned ? ["its times name no zone and are taken as UTC"] : [];
    return { type: best.type, ...(best.format ? { format: best.format } : {}), nullTokens: seen, notes };
  }

  if (twoLetters && strong.includes("NA")) {
    return {
      ...text(strong.filter((token) => token !== "NA")),
      notes: ['"NA" is kept as a value, because all the others are codes of two letters'],
    };
  }
  return { ...text(strong), notes: await misfits(engine, values, present, fits, total) };
}

const text = (nullTokens: string[]) => ({ type: "text" as const, nullTokens });

/** Says why a column that is nearly all numbers or times is text. */
async function misfits(
  engine: DuckDbWriter,
  values: string,
  present: string,
  fits: { type: ColumnType; test: string; count: number }[],
  total: number,
): Promise<string[]> {
  const nearest = fits.reduce((best, fit) => (fit.count > best.count ? fit : best));
  if (nearest.count < total * 0.9) return [];
  const example = await engine.query(
    `SELECT t FROM ${values} WHERE ${present} AND NOT (${nearest.test}) ORDER BY n DESC, t LIMIT 1`,
  );
  const shown = JSON.stringify(String(example.rows[0]?.[0]).slice(0, 40));
  return [
    `is text, because ${total - nearest.count} of ${total} values do not fit ${nearest.type}, for instance ${shown}`,
  ];
}

function matches(pattern: string): string {
  return `regexp_full_match(t, ${quoteText(pattern)})`;
}

function parses(format: string): string {
  return `try_strptime(t, ${quoteText(format)}) IS NOT NULL`;
}

/** The registry's type of a column that a Parquet file typed itself; null for lists, structs and bytes. */
export function typeOfStored(storedType: string): ColumnType | null {
  if (/^U?(TINY|SMALL)INT$|^U?INTEGER$|^BIGINT$/.test(storedType)) return "integer";
  if (/^(UBIGINT|U?HUGEINT)$/.test(storedType) || storedType.startsWith("DECIMAL")) return "decimal";
  if (storedType === "FLOAT" || storedType === "DOUBLE") return "float";
  if (storedType === "BOOLEAN") return "boolean";
  if (storedType === "DATE") return "date";
  if (storedType.startsWith("TIMESTAMP")) return "timestamp";
  if (/^(VARCHAR|UUID|TIME)$/.test(storedType) || /^ENUM\([^[]*\)$/.test(storedType)) return "text";
  return null;
}
