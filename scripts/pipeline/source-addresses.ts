import { readFile } from "node:fs/promises";
import path from "node:path";
import { leaveDatabase } from "@/db/ensure-database";
import { config } from "@/lib/config";
import type { SourceAddresses } from "@/lib/pipeline/mart";

/**
 * Works with the addresses of the settings. For those that are not set there are the simulated sources: what `npm run
 * simulate` serves just now, or else a simulator of our own for as long as the work takes.
 */
export async function withSourceAddresses<T>(
  onProgress: (label: string) => void,
  work: (addresses: SourceAddresses) => Promise<T>,
): Promise<T> {
  const { sources, demo } = config();
  const given = Object.fromEntries(Object.entries(sources).filter(([, address]) => address !== null));
  const isComplete = Object.keys(given).length === Object.keys(sources).length;
  const served = isComplete ? {} : await servedNow();
  if (served) return work({ ...served, ...given } as SourceAddresses);
  const { startSimulator } = await import("../simulate/simulator");
  try {
    const simulator = await startSimulator({ ...demo, onProgress });
    try {
      return await work({ ...simulator.addresses, ...given });
    } finally {
      await simulator.close();
    }
  } finally {
    await leaveDatabase();
  }
}

/** What `npm run simulate` wrote down when it started, if it answers still. */
async function servedNow(): Promise<SourceAddresses | null> {
  const file = path.join(config().dataDir, "simulated", "addresses.json");
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return null;
  const addresses = JSON.parse(text) as SourceAddresses;
  const answers = fetch(addresses.crm, { signal: AbortSignal.timeout(2_000) }).then(
    () => true,
    () => false,
  );
  return (await answers) ? addresses : null;
}
