import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";

/** A log that is read each month is written to each month; what lies longer is of a log or an END that nobody asks for. */
const keptDays = 90;

/**
 * Removes what the readers of sources kept between runs and did not touch for 90 days: records of a log under another address, answers
 * about an old END. Whatever is missed is asked for again.
 * @returns how many files were removed
 */
export async function expireCache(cacheDirectory: string, now = new Date()): Promise<number> {
  const before = now.getTime() - keptDays * 86_400_000;
  let removed = 0;
  for (const folder of ["logs", "cache"]) {
    const root = path.join(cacheDirectory, folder);
    const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      const status = await stat(file).catch(() => null);
      if (!status || status.mtimeMs >= before) continue;
      await rm(file, { force: true });
      removed++;
    }
  }
  return removed;
}
