import { utcText } from "@/lib/feature-set";
import type { ColumnType } from "@/lib/registry/types";
import type { Dialect } from "@/lib/warehouse/port";
import { quoteText } from "@/lib/warehouse/quote";

/** Everything in which the two dialects differ; what is not here is the same text in both. */
export interface SqlDialect {
  name: Dialect;
  /** Text as a literal. */
  text(value: string): string;
  /** A date or timestamp column as a timestamp in UTC. */
  utc(expression: string, type: ColumnType): string;
  /** The order of a stored table's rows as a window's order; null where the engine keeps none. */
  storedOrder: string | null;
  /** Floats added in a fixed order, where the engine adds in parallel: the last digit is then the same every time. */
  aggregate(name: "sum" | "avg", argument: string, order: string): string;
  anyTrue(argument: string): string;
  /** May a point in time be found by ASOF JOIN? Only where it was shown to give the same rows. */
  asofJoin: boolean;
  /** How long a statement may be; null where there is no such limit. */
  maxStatementBytes: number | null;
}

export const dialects: Record<Dialect, SqlDialect> = {
  duckdb: {
    name: "duckdb",
    text: quoteText,
    // The warehouse pins the session to UTC, which is what makes this cast right for zoned timestamps.
    utc: (expression) => `CAST(${expression} AS TIMESTAMP)`,
    storedOrder: "",
    aggregate: (name, argument, order) => `${name}(${argument} ORDER BY ${order})`,
    anyTrue: (argument) => `bool_or(${argument})`,
    asofJoin: true,
    maxStatementBytes: null,
  },
  snowflake: {
    name: "snowflake",
    // A backslash escapes in Snowflake's literals.
    text: (value) => quoteText(value.replaceAll("\\", "\\\\")),
    // Casting TIMESTAMP_TZ alone would keep the wall clock and drop the offset.
    utc: (expression, type) =>
      type === "timestamp"
        ? `CAST(CONVERT_TIMEZONE('UTC', ${expression}) AS TIMESTAMP_NTZ)`
        : `CAST(${expression} AS TIMESTAMP_NTZ)`,
    storedOrder: null,
    aggregate: (name, argument) => `${name}(${argument})`,
    anyTrue: (argument) => `boolor_agg(${argument})`,
    asofJoin: false,
    maxStatementBytes: 1_000_000,
  },
};

export function otherDialect(dialect: Dialect): Dialect {
  return dialect === "duckdb" ? "snowflake" : "duckdb";
}

/** An ISO 8601 instant as a literal, in both dialects. */
export function instantLiteral(instant: string): string {
  return `CAST(${quoteText(utcText(instant) ?? instant)} AS TIMESTAMP)`;
}

export function seconds(count: number): string {
  return `INTERVAL '${count} seconds'`;
}
