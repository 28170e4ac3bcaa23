import { AppError } from "@/lib/errors";
import type { PipelineMart } from "@/lib/pipeline/mart";

/** The marts that a pipeline builds, each loaded when it is asked for. */
export const pipelineMarts: Record<string, () => Promise<PipelineMart>> = {
  "auto-marketplace": async () => (await import("./auto-marketplace/pipeline")).autoMarketplace,
};

/** @throws AppError MART_UNKNOWN */
export async function pipelineMart(name: string): Promise<PipelineMart> {
  const load = Object.hasOwn(pipelineMarts, name) ? pipelineMarts[name] : undefined;
  if (!load) {
    throw new AppError(
      "MART_UNKNOWN",
      `No pipeline builds a mart called ${JSON.stringify(name.slice(0, 60))}. There is ${Object.keys(pipelineMarts).join(", ")}.`,
    );
  }
  return load();
}
