import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import type { SourceAddresses, Step } from "@/lib/pipeline/mart";
import type { StepName } from "@/lib/pipeline/steps";
import { settingOf } from "@/lib/sources/setting";

/** A step's own code: loaded alone, so that a step's process starts fast and small. */
export async function loadStep(step: StepName): Promise<Step> {
  return loaders[step]();
}

const loaders: Record<StepName, () => Promise<Step>> = {
  extract: async () => (await import("@/lib/pipeline/steps/extract")).createExtract(sourceAddresses()),
  conform: async () => (await import("@/lib/pipeline/steps/conform")).conform,
  build: async () => (await import("@/lib/pipeline/steps/build")).build,
  augment: async () => (await import("@/lib/pipeline/steps/augment")).augment,
  gate: async () => (await import("@/lib/pipeline/steps/gate")).gate,
  publish: async () => (await import("@/lib/pipeline/steps/publish")).publish,
};

/** @throws AppError SETTINGS_INVALID that names the sources without an address */
function sourceAddresses(): SourceAddresses {
  const { sources } = config();
  const missing = Object.entries(sources).flatMap(([name, address]) => (address ? [] : [settingOf(name)]));
  if (missing.length > 0) {
    throw new AppError(
      "SETTINGS_INVALID",
      `There is nowhere to read from: set ${missing.join(", ")}. \`npm run simulate\` serves simulated sources and says where.`,
    );
  }
  return sources as SourceAddresses;
}
