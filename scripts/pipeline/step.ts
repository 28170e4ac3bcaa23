import { pipelineMart } from "@/db/marts/pipelines";
import { openObjectStore } from "@/lib/objects";
import { resolveParameters } from "@/lib/pipeline/parameters";
import { parameterOptions, readOptions, readParameters, readStep } from "./arguments";
import { loadStep } from "./load-step";
import { reporter } from "./report";
import { runAsProcess } from "./run-as-process";

/** `pipeline step`: one step of a stamp in this process, with only the settings and the object store. */
export async function runOneStep(args: string[]): Promise<void> {
  const { text, is, positionals } = readOptions(args, { ...parameterOptions, json: { type: "boolean" } });
  const step = readStep(positionals.length === 1 ? positionals[0] : undefined);
  const asked = readParameters(text);
  await runAsProcess(reporter(is("json")), async (watch) => {
    const mart = await pipelineMart(asked.mart);
    const knownUntil = mart.knownUntil?.();
    const parameters = await resolveParameters(openObjectStore(), asked, { step, knownUntil });
    return { step, parameters, mart, store: openObjectStore(), run: await loadStep(step), ...watch };
  });
}
