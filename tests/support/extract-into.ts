import path from "node:path";
import { folderStore } from "@/lib/objects";
import type { PipelineMart, SourceAddresses } from "@/lib/pipeline/mart";
import type { SourceTable } from "@/lib/pipeline/source-table";
import { stepFiles } from "@/lib/pipeline/step-context";
import type { StepParameters } from "@/lib/pipeline/steps";
import { createExtract } from "@/lib/pipeline/steps/extract";

export interface ExtractOptions {
  start?: string;
  end?: string;
  cacheDirectory?: string;
  signal?: AbortSignal;
}

/** Runs the extract step on these tables of a mart called `small`, in an empty folder. */
export async function extractInto(
  folder: string,
  sources: SourceTable[],
  addresses: Partial<SourceAddresses>,
  options: ExtractOptions = {},
) {
  const { start = "1970-01-01T00:00:00Z", end = "2026-11-01T00:00:00Z" } = options;
  const parameters: StepParameters = { mart: "small", stamp: "v2026.11", start, end, previous: null };
  const files = stepFiles(folderStore(path.join(folder, "objects")), parameters, "extract", folder);
  const extract = createExtract(
    { platform: "", crm: "", clickstream: "", maps: "", census: "", ...addresses },
    { cacheDirectory: options.cacheDirectory ?? path.join(folder, "cache") },
  );
  const lines: string[] = [];
  const context = {
    parameters,
    files,
    scratch: folder,
    log: (text: string) => lines.push(text),
    progress: () => {},
    signal: options.signal ?? new AbortController().signal,
  };
  const report = await extract(context, { name: "small", sources } as PipelineMart);
  return { ...report, files, lines };
}
