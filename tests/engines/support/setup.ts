import type { TestProject } from "vitest/node";
import { installSnowflake } from "./emulator";
import { installS3 } from "./object-server";

declare module "vitest" {
  interface ProvidedContext {
    /** Why an engine cannot be had on this machine; null: it can. */
    missingEngines: { snowflake: string | null; s3: string | null };
  }
}

/** Installs the engines once for all test files. With ENGINES_REQUIRED, one that cannot be had fails the run. */
export default async function setup(project: TestProject): Promise<void> {
  const [snowflake, s3] = await Promise.all([whyMissing(installSnowflake), whyMissing(installS3)]);
  project.provide("missingEngines", { snowflake, s3 });
  const reasons = [snowflake, s3].filter((reason) => reason !== null);
  if (reasons.length > 0 && process.env.ENGINES_REQUIRED)
    throw new Error(`ENGINES_REQUIRED: ${reasons.join("; ")}`);
}

async function whyMissing(install: () => Promise<unknown>): Promise<string | null> {
  return install().then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}
