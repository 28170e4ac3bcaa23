import { parseArgs } from "node:util";
import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import type { AskedParameters } from "@/lib/pipeline/parameters";
import { type StepName, stepNames } from "@/lib/pipeline/steps";

type Options = Record<string, { type: "string" | "boolean" }>;

/** @throws AppError BAD_INPUT that names the option */
export function readOptions(args: string[], options: Options) {
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    const text = (name: string) => {
      const value = values[name];
      return typeof value === "string" ? value : undefined;
    };
    return { text, is: (name: string) => values[name] === true, positionals };
  } catch (thrown) {
    throw new AppError("BAD_INPUT", thrown instanceof Error ? thrown.message : String(thrown));
  }
}

export const parameterOptions: Options = {
  mart: { type: "string" },
  stamp: { type: "string" },
  start: { type: "string" },
  end: { type: "string" },
  previous: { type: "string" },
};

/** @throws AppError BAD_INPUT */
export function readParameters(text: (name: string) => string | undefined): AskedParameters {
  const stamp = text("stamp");
  if (!stamp) throw new AppError("BAD_INPUT", "Name the stamp, as in --stamp v2026.11.");
  const [start, end, previous] = [text("start"), text("end"), text("previous")];
  return {
    mart: text("mart") ?? config().defaultMart,
    stamp,
    ...(start ? { start } : {}),
    ...(end ? { end } : {}),
    ...(previous ? { previous: previous === "none" ? null : previous } : {}),
  };
}

/** @throws AppError BAD_INPUT */
export function readStep(name: string | undefined): StepName {
  const step = stepNames.find((candidate) => candidate === name);
  if (!step) throw new AppError("BAD_INPUT", `Name one step: ${stepNames.join(", ")}.`);
  return step;
}
