import { searchOf } from "@/agents/open-turn";
import { ensureDatabase } from "@/db/ensure-database";
import { ensureDemoMart, martName } from "@/db/marts/auto-marketplace";
import { migrate } from "@/db/migrate";
import { closeMarts, openMart } from "@/lib/mart";
import type { step } from "./steps";

export { leaveDatabase } from "@/db/ensure-database";

/** What the web server stands on: the database, the demo mart, its search index. */
export async function prepare(stage: typeof step): Promise<void> {
  await stage("Database", async (note) => {
    await ensureDatabase({ onProgress: note });
    await migrate();
  });
  await stage("Demo mart", async (note) => {
    await ensureDemoMart({ onProgress: ({ label, done, total }) => note(`${done}/${total} ${label}`) });
  });
  await stage("Search index", async () => {
    await searchOf(await openMart(martName));
    await closeMarts();
  });
}
