import { searchOf } from "@/agents/open-turn";
import { ensureFirstStamp } from "@/agents/pipeline";
import { ensureDatabase } from "@/db/ensure-database";
import { migrate } from "@/db/migrate";
import { patiently } from "@/db/patiently";
import { terminalViewer } from "@/lib/auth";
import { config } from "@/lib/config";
import { closeMarts, openMart } from "@/lib/mart";
import type { step } from "./steps";

export { leaveDatabase } from "@/db/ensure-database";

/** What the web server stands on: the database, the mart, its search index. */
export async function prepare(stage: typeof step, signal: AbortSignal): Promise<void> {
  await stage("Database", async (note) => {
    // Started beside its database, or before it: this waits as long as somebody lets it.
    await ensureDatabase({ onProgress: note, patience: Number.POSITIVE_INFINITY, signal });
    await patiently(migrate, { seconds: 60, signal });
  });
  const { defaultMart, dataDir } = config();
  await stage("Mart", async (note) => {
    await ensureFirstStamp(await terminalViewer(dataDir), defaultMart, { onProgress: note, signal });
  });
  await stage("Search index", async () => {
    await searchOf(await openMart(defaultMart));
    await closeMarts();
  });
}
