import { removeRemains } from "@/lib/export";
import { log } from "@/lib/log";
import { openObjectStore } from "@/lib/objects";

/** Longer than any writer is at work. */
const day = 24 * 3_600_000;

/** Frees the object store of what died writers left there. Never fails: what is in the way is logged, and the next time is soon. */
export async function sweepStore(): Promise<void> {
  try {
    const removed = await removeRemains(openObjectStore(), new Date(Date.now() - day));
    log.info("store swept", removed);
  } catch (error) {
    log.warn("store not swept", { error });
  }
}
