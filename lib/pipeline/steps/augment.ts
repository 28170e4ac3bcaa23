import { copyFile } from "node:fs/promises";
import path from "node:path";
import type { TokenLedger } from "@/lib/language-model";
import type { AugmentContext, PipelineMart, Step } from "../mart";
import { buildInto, factsOf, openProject } from "./build-mart";

/**
 * The step that computes what SQL cannot, then builds the models that stand on it into a copy of the mart.
 * @throws AppError as the build step does, and as the mart's own code does
 */
export function createAugment(ledger: TokenLedger): Step {
  return (context, mart) => augment({ ...context, ledger }, mart);
}

async function augment(context: AugmentContext, mart: PipelineMart): ReturnType<Step> {
  const { files, scratch } = context;
  const { facts } = await mart.augment(context);
  const tables = files.written.filter(({ name }) => name.endsWith(".parquet"));
  const places = await Promise.all(tables.map(({ name }) => files.read("augment", name)));
  const project = await openProject(context, mart, path.dirname(places[0] ?? scratch));
  const file = path.join(scratch, "mart.duckdb");
  await copyFile(await files.read("build", "mart.duckdb"), file);
  const result = await buildInto(file, project, context, { select: ["tag:augment+"] });
  return { quarantine: [], facts: [...facts, ...factsOf(project, result)] };
}
