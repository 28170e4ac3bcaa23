import type { Lineage, Manifest } from "@/lib/dbt";
import { openObjectStore } from "@/lib/objects";
import { readStepReport } from "@/lib/pipeline/step-report";
import { processWide } from "@/lib/process-wide";
import { readArtifact } from "./read-artifact";
import { hasEnded, hashOf, type RunSteps } from "./read-run-steps";

/** What a stamp was built from. */
export interface BuiltProject {
  manifest: Manifest;
  lineage: Lineage;
}

/** The last one read, of all pages: they are large to parse, and a person stays with one. */
const held = processWide("built project", () => ({ key: "", project: null as BuiltProject | null }));

/**
 * The manifest and lineage that this run left; null where it left none, or another run's have taken their place. After `build`
 * alone, what stands on computed tables is not known in full.
 */
export async function readProject(of: RunSteps): Promise<BuiltProject | null> {
  const step = projectStep(of);
  const hash = hashOf(of, step, "manifest.json");
  const stored = await readStepReport(openObjectStore(), of.run, step);
  if (!hash || hash !== stored?.files.find(({ name }) => name === "manifest.json")?.sha256) return null;
  if (held.key === hash && held.project) return held.project;
  const [manifest, lineage] = await Promise.all([
    readArtifact<Manifest>(of, step, "manifest.json"),
    readArtifact<Lineage>(of, step, "lineage.json"),
  ]);
  if (!manifest || !lineage) return null;
  held.key = hash;
  held.project = { manifest, lineage };
  return held.project;
}

/** The step of the run whose project is the fullest there is. */
export function projectStep(of: RunSteps): "build" | "augment" {
  return hasEnded(of, "augment") ? "augment" : "build";
}
