import type { z } from "zod";
import { AppError } from "@/lib/errors";

export interface Problem {
  /** `tables[2].columns[0].type` */
  path: string;
  problem: string;
}

/** One error that names every place in the file which is wrong. */
export function draftError(
  problems: Problem[],
  code: "BAD_INPUT" | "KEY_TYPE_MISMATCH" | "GRAIN_FALSE" = "BAD_INPUT",
) {
  const lines = problems.slice(0, 20).map(({ path, problem }) => `  ${path}: ${problem}`);
  const more = problems.length > 20 ? [`  and ${problems.length - 20} more`] : [];
  return new AppError(code, `The mart's description is not right:\n${[...lines, ...more].join("\n")}`, {
    details: { problems: problems.slice(0, 20) },
  });
}

/** @throws AppError BAD_INPUT that names the JSON paths */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw draftError(
    parsed.error.issues.map((issue) => ({ path: pathText(issue.path), problem: issue.message })),
  );
}

function pathText(path: PropertyKey[]): string {
  return (
    path
      .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
      .join("")
      .replace(/^\./, "") || "the file"
  );
}
