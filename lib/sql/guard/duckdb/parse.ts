import { openDuckDbWarehouse, type Warehouse } from "@/lib/warehouse";
import { refusal, syntaxRefusal } from "../refusal";

/** A node of the engine's syntax tree. What is empty or has its default is left out. */
export interface Node {
  /** Where it begins, in characters. */
  query_location?: number;
  [field: string]: unknown;
}

interface Answer {
  error: boolean;
  error_type?: string;
  /** In characters, where it is known. */
  position?: string;
  statements?: Node[];
}

/** DuckDB's own name for the error of json_serialize_sql over a statement that it can read and that is no SELECT. */
const otherStatement = "not implemented";

/**
 * The tree of the one SELECT that the text is, by the engine's own parser. The text is a parameter: nothing of it is run, and
 * the engine that reads it has no file.
 * @throws AppError SQL_REFUSED where it is not one SELECT
 */
export async function parseDuckDb(sql: string): Promise<Node> {
  const serialized = await serialize(sql);
  const answer = JSON.parse(serialized, (field, value) =>
    field === "query_location" ? characterAt(sql, value) : value,
  ) as Answer;
  if (answer.error && answer.error_type === otherStatement) {
    throw refusal("statement", "not a SELECT", "Only a plain SELECT may run here. Write it as one.", {
      cause: answer,
    });
  }
  if (answer.error) {
    throw syntaxRefusal(sql, answer.position ? Number(answer.position) : undefined, answer);
  }
  const [statement, ...others] = answer.statements ?? [];
  if (!statement || others.length > 0) {
    throw refusal("statement", "several statements", "Only one statement may run at a time.");
  }
  return statement;
}

let engine: Promise<Warehouse> | undefined;

async function serialize(sql: string): Promise<string> {
  engine ??= openDuckDbWarehouse({ path: null, writableDirectories: [], threads: 1, memoryLimit: "100MB" });
  const current = engine;
  try {
    const { rows } = await (await current).query(
      "SELECT json_serialize_sql(?::VARCHAR, skip_null := true, skip_empty := true, skip_default := true)",
      { parameters: [sql] },
    );
    return String(rows[0]?.[0]);
  } catch (thrown) {
    // What its parser stumbles over may make an engine useless: the next statement gets another one.
    if (engine === current) engine = undefined;
    current.then((one) => one.close()).catch(() => {});
    throw syntaxRefusal(sql, undefined, thrown);
  }
}

/** The engine counts bytes in its tree. */
function characterAt(sql: string, byte: unknown): number | undefined {
  const at = byte === undefined ? Number.NaN : Number(byte);
  if (!Number.isInteger(at)) return undefined;
  return /^[\0-\x7f]*$/.test(sql) ? at : Buffer.from(sql).subarray(0, at).toString().length;
}
