import { AppError } from "@/lib/errors";
import { nearest } from "@/lib/feature-set/nearest";
import type { AllowedTable } from "@/lib/sql/guard";
import type { EngineError } from "./engine-process";

/**
 * An error of the engine's that the statement's writer can mend, in our words. Of its text only names and types are taken,
 * in known shapes: the rest may quote data.
 */
export function explainEngineError(error: EngineError, tables: readonly AllowedTable[]): AppError {
  for (const [shape, explain] of shapes) {
    const found = shape.exec(error.message);
    if (!found) continue;
    const { reason, sentence, ...facts } = explain((found[1] ?? "").slice(0, 80), tables);
    return new AppError("SQL_REFUSED", sentence, {
      details: { reason, category: "engine", ...facts },
      cause: error,
    });
  }
  return new AppError(
    "QUERY_FAILED",
    "The warehouse could not run the statement. Look its names and types over.",
    {
      details: { kind: error.kind },
      cause: error,
    },
  );
}

type Explain = (
  name: string,
  tables: readonly AllowedTable[],
) => { reason: string; sentence: string; candidates?: string[] };

const shapes: [RegExp, Explain][] = [
  [
    /^Binder Error: (?:Referenced column|Values list "[^"]*" does not have a column named|Table "[^"]*" does not have a column named) "([^"]+)"/,
    (name, tables) => {
      const candidates = nearest(name, [...new Set(tables.flatMap(({ columns }) => columns))]);
      const hint = candidates.length > 0 ? ` Did you mean ${candidates.join(", ")}?` : "";
      return {
        reason: "unknown column",
        sentence: `There is no column “${name}” where the statement looks for it.${hint}`,
        candidates,
      };
    },
  ],
];
