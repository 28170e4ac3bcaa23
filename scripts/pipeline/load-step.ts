import { leaveDatabase } from "@/db/ensure-database";
import type { Step } from "@/lib/pipeline/mart";
import type { StepName } from "@/lib/pipeline/steps";
import { lazyDayLedger } from "../lazy-day-ledger";
import { withSourceAddresses } from "./source-addresses";

/** A step's own code: loaded alone, so that a step's process starts fast and small. */
export async function loadStep(step: StepName): Promise<Step> {
  return loaders[step]();
}

const loaders: Record<StepName, () => Promise<Step>> = {
  extract,
  conform: async () => (await import("@/lib/pipeline/steps/conform")).conform,
  build: async () => (await import("@/lib/pipeline/steps/build")).build,
  augment,
  gate: async () => (await import("@/lib/pipeline/steps/gate")).gate,
  publish: async () => (await import("@/lib/pipeline/steps/publish")).publish,
};

/** Reads from the addresses that hold while it runs, and logs them. */
async function extract(): Promise<Step> {
  const { createExtract } = await import("@/lib/pipeline/steps/extract");
  return (context, mart) =>
    withSourceAddresses(
      {
        log: context.log,
        onProgress: (label) => context.progress(`simulated sources: ${label}`, 0, 1),
      },
      (addresses) => createExtract(addresses)(context, mart),
    );
}

/** Counts what paid models take in the app's database, which it opens when it asks one. */
async function augment(): Promise<Step> {
  const { createAugment } = await import("@/lib/pipeline/steps/augment");
  return async (context, mart) => {
    try {
      return await createAugment(lazyDayLedger("pipeline"))(context, mart);
    } finally {
      await leaveDatabase();
    }
  };
}
