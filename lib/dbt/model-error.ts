import { AppError, toAppError } from "@/lib/errors";
import type { Model } from "./project";

/** Errors of these kinds speak of the SQL, never of the data in a row. */
const aboutSql = /\b(Binder|Parser|Catalog) Error: [^\n]+/;

/** A model's failure, with what its writer needs: the model, its file in the project, and the line of the SQL that was run. */
export function modelError(model: Model, thrown: unknown): AppError {
  const error = toAppError(thrown);
  if (error.code !== "QUERY_FAILED") return error;
  const text = error.cause instanceof Error ? error.cause.message : "";
  const line = /\bLINE (\d+):/.exec(text)?.[1];
  const what = aboutSql.exec(text)?.[0] ?? `${error.details.kind ?? "Unknown"} Error`;
  const advice = isMemory(error)
    ? "\nGive the engine more memory: raise ENGINE_MEMORY, or leave it empty; fewer ENGINE_THREADS need less."
    : "";
  return new AppError(
    "QUERY_FAILED",
    `The model ${model.name} (${model.path}) failed${line ? ` in line ${line} of its SQL as it was run` : ""}: ${what}${advice}`,
    {
      details: {
        ...{ model: model.name, file: model.path },
        ...{ line: line ? Number(line) : null, kind: error.details.kind },
      },
      cause: error.cause,
    },
  );
}

const isMemory = ({ details }: AppError) => details.kind === "Out of Memory";
