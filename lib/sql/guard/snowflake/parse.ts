import { refusal, syntaxRefusal } from "../refusal";

/** A node of the parser's tree: one field that names its kind, or the fields of that kind. */
export interface Node {
  [field: string]: unknown;
}

/**
 * The tree of the one statement that the text is.
 * @throws AppError SQL_REFUSED
 */
export async function parseSnowflake(sql: string): Promise<Node> {
  // It takes 80 MB, which who works with the embedded engine need not give.
  const { Dialect, parse } = await import("@polyglot-sql/sdk");
  return oneStatement(sql, parse(sql, Dialect.Snowflake));
}

interface Parsed {
  success: boolean;
  ast?: unknown;
  error?: string | null;
  errorStart?: number;
}

function oneStatement(sql: string, { success, ast, error, errorStart }: Parsed): Node {
  if (!success && /E_GUARD|call stack/.test(error ?? "")) {
    throw refusal("text", "nested too deeply", "The statement is nested too deeply. Write it flatter.", {
      cause: error,
    });
  }
  if (!success) throw syntaxRefusal(sql, errorStart, error);
  const [statement, ...others] = Array.isArray(ast) ? (ast as Node[]) : [];
  if (!statement || others.length > 0) {
    throw refusal("statement", "several statements", "Only one statement may run at a time.");
  }
  return statement;
}
