import type { Lineage, Manifest } from "@/lib/dbt";
import { openObjectStore } from "@/lib/objects";
import { readStepReport } from "@/lib/pipeline/step-report";
import type { StepParameters } from "@/lib/pipeline/steps";
import { processWide } from "@/lib/process-wide";
import { readArtifact } from "./read-artifact";

type Of = Pick<StepParameters, "mart" | "stamp">;

/** What a stamp was built from. */
export interface BuiltProject {
  manifest: Manifest;
  lineage: Lineage;
  /** The step that wrote it: after `build` alone, what stands on computed tables is not known in full. */
  step: "build" | "augment";
}

/** The last one read, of all pages: they are large to parse, and a person stays with one. */
const held = processWide("built project", () => ({ key: "", project: null as BuiltProject | null }));

/** The newest manifest and lineage of a stamp; null where its build step has not been run. */
export async function readProject(of: Of): Promise<BuiltProject | null> {
  for (const step of ["augment", "build"] as const) {
    const report = await readStepReport(openObjectStore(), of, step);
    const hash = report?.files.find(({ name }) => name === "manifest.json")?.sha256;
    if (!hash) continue;
    if (held.key === hash && held.project) return held.project;
    const [manifest, lineage] = await Promise.all([
      readArtifact<Manifest>(of, step, "manifest.json"),
      readArtifact<Lineage>(of, step, "lineage.json"),
    ]);
    if (!manifest || !lineage) continue;
    held.key = hash;
    held.project = { manifest, lineage, step };
    return held.project;
  }
  return null;
}
