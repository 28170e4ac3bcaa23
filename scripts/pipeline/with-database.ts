import { ensureDatabase, leaveDatabase } from "@/db/ensure-database";
import { migrate } from "@/db/migrate";
import { terminalViewer, type Viewer } from "@/lib/auth";
import { config } from "@/lib/config";

/** Runs a command on the app's database, as the person at this terminal. */
export async function withDatabase<T>(work: (viewer: Viewer) => Promise<T>): Promise<T> {
  try {
    await ensureDatabase({ onProgress: (label) => console.error(`· database: ${label}`) });
    await migrate();
    return await work(await terminalViewer(config().dataDir));
  } finally {
    await leaveDatabase();
  }
}
