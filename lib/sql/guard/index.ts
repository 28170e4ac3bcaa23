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
  /** What may run: the statement, asked for no more than so many rows; their order is kept. */
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
  { dialect, tables, rows }: { dialect: Dialect; tables: readonly AllowedTable[]; rows: number },
): Promise<GuardedSql> {
  const text = checkText(sql, dialect);
  checkBeginning(text.tokens[0]?.text.toUpperCase() ?? "", dialect);
  if (dialect === "snowflake") {
    const canonical = canonicalText(text.tokens);
    const { used, limit } = await checkSnowflake(canonical, tables);
    return { sql: limitSnowflake(canonical, rows, limit), tables: [...used].sort() };
  }
  return { sql: wrapped(text.sql, rows), tables: [...(await checkDuckDb(text.sql, tables))].sort() };
}

/** The embedded engine keeps the order of what stands in brackets. */
function wrapped(sql: string, rows: number): string {
  return `SELECT *\nFROM (\n${sql}\n) AS answer\nLIMIT ${rows}`;
}

/** Snowflake promises no order of what stands in brackets, so that there a limit is added where none is. */
function limitSnowflake(sql: string, rows: number, own: number | null): string {
  if (own === null) return `${sql}\nLIMIT ${rows}`;
  return own <= rows ? sql : wrapped(sql, rows);
}

/** Not the lock, which is the parser's tree: it gives the plainer sentence. */
function checkBeginning(first: string, dialect: Dialect): void {
  if (["SELECT", "WITH", "VALUES", "("].includes(first) || (first === "FROM" && dialect === "duckdb")) return;
  throw refusal(
    "statement",
    "not a SELECT",
    "Only a SELECT may run here: nothing can be changed, listed or set. Begin with SELECT or WITH.",
    { at: 0 },
  );
}
