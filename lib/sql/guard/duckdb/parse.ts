import { openDuckDbWarehouse, type Warehouse } from "@/lib/warehouse";
import { refusal } from "../refusal";

/** A node of the engine's syntax tree. What is empty or has its default is left out. */
export interface Node {
  [field: string]: unknown;
}

let engine: Promise<Warehouse> | undefined;

/**
 * The tree of the one SELECT that the text is, by the engine's own parser. The text is a parameter: nothing of it is run, and
 * the engine that reads it has no file.
 * @throws AppError SQL_REFUSED where it is not one SELECT
 */
export async function parseDuckDb(sql: string): Promise<Node> {
  engine ??= openDuckDbWarehouse({ path: null, writableDirectories: [], threads: 1, memoryLimit: "100MB" });
  const { rows } = await (await engine).query(
    "SELECT json_serialize_sql(?::VARCHAR, skip_null := true, skip_empty := true, skip_default := true)",
    { parameters: [sql] },
  );
  const answer = JSON.parse(String(rows[0]?.[0])) as {
    error: boolean;
    error_type?: string;
    error_message?: string;
    position?: string;
    statements?: Node[];
  };
  if (answer.error) throw unreadable(answer);
  const [statement, ...others] = answer.statements ?? [];
  if (!statement || others.length > 0) {
    throw refusal("statement", "several statements", "Only one statement may run at a time.");
  }
  return statement;
}

function unreadable(answer: { error_type?: string; error_message?: string; position?: string }) {
  const at = Number(answer.position);
  const more = { cause: answer, ...(Number.isInteger(at) && answer.position ? { at } : {}) };
  if (answer.error_type === "not implemented") {
    return refusal("statement", "not a SELECT", "Only a plain SELECT may run here. Write it as one.", more);
  }
  return refusal(
    "syntax",
    "syntax error",
    answer.position
      ? `The statement cannot be read: look near character ${at + 1}.`
      : "The statement cannot be read as one SELECT. Simplify it.",
    more,
  );
}
