import { ensureFirstStamp } from "@/agents/pipeline";
import { ensureDatabase } from "@/db/ensure-database";
import { migrate } from "@/db/migrate";
import { terminalViewer } from "@/lib/auth";
import { config } from "@/lib/config";
import { openMart } from "@/lib/mart";

/** What the graph stands on: the app's database, and the demo mart when it is the one asked for. Steps told on stderr. */
export async function prepare(mart: string): Promise<void> {
  await ensureDatabase({ onProgress: (step) => console.error(`· ${step}`) });
  await migrate();
  const viewer = await terminalViewer(config().dataDir);
  await ensureFirstStamp(viewer, mart, { onProgress: (label) => console.error(`· ${label}`) });
  // A name that no mart has is told before a conversation about it is begun.
  await openMart(mart);
}
