import type { Dialect } from "@/lib/warehouse/port";
import { checkDuckDb } from "./duckdb/check";
import { refusal } from "./refusal";
import { canonicalText } from "./snowflake/canonical";
import { checkSnowflake } from "./snowflake/check";
import { checkText } from "./text";

/** A table that statements may read; columns are for what a person is told. */
export interface AllowedTable {
  name: string;
  columns: readonly string[];
}

export interface GuardedSql {
  /** The one SELECT, without what stood after its end, and for Snowflake without its comments. */
  sql: string;
  /** The registry's tables that it reads, in alphabetical order. */
  tables: string[];
}

/**
 * Lets through one SELECT over the allowed tables, made of functions that only compute; all else is refused, what is not
 * known too. Nothing of the statement is run.
 * @throws AppError SQL_REFUSED with details {reason, category, at?} and a sentence that says what to change
 */
export async function guardSql(
  sql: string,
  { dialect, tables }: { dialect: Dialect; tables: readonly AllowedTable[] },
): Promise<GuardedSql> {
  const text = checkText(sql, dialect);
  checkBeginning(text.tokens[0]?.text.toUpperCase() ?? "");
  if (dialect === "snowflake") {
    const canonical = canonicalText(text.tokens);
    return { sql: canonical, tables: [...(await checkSnowflake(canonical, tables))].sort() };
  }
  return { sql: text.sql, tables: [...(await checkDuckDb(text.sql, tables))].sort() };
}

/** The statement with at most this many rows; its order is kept. */
export function limitRows(sql: string, rows: number): string {
  return `SELECT *\nFROM (\n${sql}\n) AS answer\nLIMIT ${rows}`;
}

/** Not the lock, which is the parser's tree: it gives the plainer sentence. */
function checkBeginning(first: string): void {
  if (["SELECT", "WITH", "FROM", "VALUES", "("].includes(first)) return;
  throw refusal(
    "statement",
    "not a SELECT",
    "Only a SELECT may run here: nothing can be changed, listed or set. Begin with SELECT or WITH.",
    { at: 0 },
  );
}
