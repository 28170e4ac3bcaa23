import { ensureDatabase } from "@/db/ensure-database";
import { ensureDemoMart, martName } from "@/db/marts/auto-marketplace";
import { migrate } from "@/db/migrate";
import { openMart } from "@/lib/mart";

/** What the graph stands on: the app's database, and the demo mart when it is the one asked for. Steps told on stderr. */
export async function prepare(mart: string): Promise<void> {
  await ensureDatabase({ onProgress: (step) => console.error(`· ${step}`) });
  await migrate();
  if (mart === martName) {
    await ensureDemoMart({ onProgress: ({ label }) => console.error(`· ${label}`) });
  } else {
    // A name that no mart has is told before a conversation about it is begun.
    await openMart(mart);
  }
}
