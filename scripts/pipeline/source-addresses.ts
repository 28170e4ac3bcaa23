import { readFile } from "node:fs/promises";
import path from "node:path";
import { leaveDatabase } from "@/db/ensure-database";
import { config } from "@/lib/config";
import type { SourceAddresses } from "@/lib/pipeline/mart";
import { settingOf } from "@/lib/sources/setting";

/** What a person has to know of `npm run simulate`. */
export const whileItRuns =
  "While it runs, pipelines of this DATA_DIR whose SOURCE_*_URL are not set read from it.";

/**
 * Works with the addresses of the settings. For those that are not set there are the simulated sources: what `npm run
 * simulate` serves just now, or else a simulator of our own for as long as the work takes. Says first which they are.
 */
export async function withSourceAddresses<T>(
  { log, onProgress }: { log: (text: string) => void; onProgress: (label: string) => void },
  work: (addresses: SourceAddresses) => Promise<T>,
): Promise<T> {
  const { sources, demo } = config();
  const given = Object.fromEntries(Object.entries(sources).filter(([, address]) => address !== null));
  const isComplete = Object.keys(given).length === Object.keys(sources).length;
  const workFrom = (simulated: Partial<SourceAddresses>, simulator: string) => {
    const addresses = { ...simulated, ...given } as SourceAddresses;
    for (const source of Object.keys(sources) as (keyof SourceAddresses)[]) {
      const by = sources[source] === null ? simulator : settingOf(source);
      log(`${source}: read from ${placeOf(addresses[source])}, ${by}`);
    }
    return work(addresses);
  };
  if (isComplete) return workFrom({}, "");
  const served = await servedNow();
  if (served) {
    log(`npm run simulate is running. ${whileItRuns}`);
    return workFrom(served, "npm run simulate");
  }
  const { startSimulator } = await import("../simulate/simulator");
  try {
    const simulator = await startSimulator({ ...demo, onProgress });
    try {
      return await workFrom(simulator.addresses, `simulated for this step: ${demo.sellers} sellers`);
    } finally {
      await simulator.close();
    }
  } finally {
    await leaveDatabase();
  }
}

/** A host, a database or a folder, and nothing that may be secret: no user, password, query, path of an API. */
function placeOf(address: string): string {
  if (!URL.canParse(address)) return address.includes("@") ? "an address that is no URL" : address;
  const { protocol, host, pathname } = new URL(address);
  return protocol.startsWith("http") ? host : `${host}${pathname}`;
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
