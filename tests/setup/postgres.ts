import { rm } from "node:fs/promises";
import type { TestProject } from "vitest/node";
import { stopEmbedded } from "@/db/embedded";
import { temporaryFolder } from "../support/temporary-folder";

declare module "vitest" {
  interface ProvidedContext {
    /** The data folder of the run's PostgreSQL, which the first `createTestDatabase` starts. */
    postgresFolder: string;
    /** Where marts that several test files stand on are built once. */
    martsFolder: string;
  }
}

/** One PostgreSQL for all test files of a run, started only when one of them asks. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await temporaryFolder();
  project.provide("postgresFolder", folder);
  const martsFolder = await temporaryFolder();
  project.provide("martsFolder", martsFolder);
  return async () => {
    await stopEmbedded(folder);
    await rm(folder, { recursive: true, force: true });
    await rm(martsFolder, { recursive: true, force: true });
  };
}
