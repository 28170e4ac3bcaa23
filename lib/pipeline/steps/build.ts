import path from "node:path";
import type { Step } from "../mart";
import { buildInto, factsOf, openProject } from "./build-mart";

/**
 * Builds every model but those that stand on what the augment step computes.
 * @throws AppError QUERY_FAILED naming the model; BAD_INPUT where a table is not as declared
 */
export const build: Step = async (context, mart) => {
  const project = await openProject(context, mart, context.scratch);
  const result = await buildInto(path.join(context.scratch, "mart.duckdb"), project, context, {
    exclude: ["tag:augment+"],
  });
  return { quarantine: [], facts: factsOf(project, result) };
};
