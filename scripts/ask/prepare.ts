import { ensureDatabase } from "@/db/ensure-database";
import { migrate } from "@/db/migrate";
import { config } from "@/lib/config";
import { ensureDemoMart } from "@/db/marts/auto-marketplace";

/** What the graph stands on: the app's database, and the demo mart when it is the one asked for. Steps told on stderr. */
export async function prepare(mart = config().defaultMart): Promise<void> {
  await ensureDatabase({ onProgress: (step) => console.error(`· ${step}`) });
  await migrate();
  if (mart === "auto-marketplace") {
    await ensureDemoMart({ onProgress: ({ label }) => console.error(`· ${label}`) });
  }
}
