import { AppError } from "@/lib/errors";
import { declareTable } from "./declare-tables";
import type { Model } from "./project";

/** The last column of every registered table, which the registry does not list. */
const stampColumn = { name: "STAMP", type: "text" };

/**
 * A registered model's table has exactly the columns declared, in whatever order, and STAMP last.
 * @throws AppError BAD_INPUT listing the differences
 */
export function checkColumns(model: Model, built: { name: string; type: string }[]): void {
  const declared = declareTable(model);
  if (!declared) return;
  const stored = declared.features.filter(({ derived }) => !derived);
  const expected = new Map([...stored, stampColumn].map(({ name, type }) => [name, type as string]));
  const found = new Map(built.map(({ name, type }) => [name, type]));
  const missing = [...expected.keys()].filter((name) => !found.has(name));
  const extra = [...found.keys()].filter((name) => !expected.has(name));
  const mistyped = [...found].filter(([name, type]) => (expected.get(name) ?? type) !== type);
  const problems = [
    ...(missing.length > 0 ? [`declared and not built: ${listed(missing)}`] : []),
    ...(extra.length > 0 ? [`built and not declared: ${listed(extra)}`] : []),
    ...(mistyped.length > 0
      ? [
          `of another type: ${listed(mistyped.map(([name, type]) => `${name} (${type}, not ${expected.get(name)})`))}`,
        ]
      : []),
    ...(extra.length + missing.length === 0 && built.at(-1)?.name !== stampColumn.name
      ? ["STAMP is not the last column"]
      : []),
  ];
  if (problems.length === 0) return;
  throw new AppError(
    "BAD_INPUT",
    `The model ${model.name} is not as ${model.schemaPath} says:\n  ${problems.join("\n  ")}`,
    {
      details: { model: model.name, missing, extra, mistyped: mistyped.map(([name]) => name) },
    },
  );
}

function listed(names: string[]): string {
  const shown = names.slice(0, 20).join(", ");
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown;
}
