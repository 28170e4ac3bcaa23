import { heartbeatRun } from "@/db/queries";
import type { Run } from "@/db/schema";
import type { Viewer } from "@/lib/auth";
import { toAppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { processWide } from "@/lib/process-wide";

const heartbeatMilliseconds = 3_000;
const here = processWide("runs here", () => new Map<string, AbortController>());

/** One stretch of work on a run by this process, until the run ends, waits, or another process has taken it over. */
export interface Hold {
  run: Run;
  stopping: AbortController;
  /** Another process has the run now: nothing more may be written of it here. */
  isLost: boolean;
  /** The graph's nodes that have not ended. */
  atWork: Set<Promise<unknown>>;
  /** Gives a heartbeat and takes in what it tells. @throws what the database did */
  beat(): Promise<void>;
  release(): void;
}

/** Gives heartbeats for a run that was claimed, and hears through them that it is to stop, until it is released. */
export function holdRun(viewer: Viewer, run: Run): Hold {
  const stopping = new AbortController();
  const timer = setInterval(tryBeat, heartbeatMilliseconds);
  timer.unref();
  const hold: Hold = { run, stopping, isLost: false, atWork: new Set(), beat, release };
  here.set(run.id, stopping);
  if (run.cancelRequested) stopping.abort();
  return hold;

  async function beat() {
    const { owned, cancelRequested } = await heartbeatRun(viewer, run.id, run.claimedBy);
    if (!owned) hold.isLost = true;
    if (!owned || cancelRequested) stopping.abort();
  }

  function tryBeat() {
    beat().catch((error) => log.warn("heartbeat failed", { runId: run.id, error: toAppError(error) }));
  }

  function release() {
    clearInterval(timer);
    // The person may have answered already, and the next stretch of the run begun.
    if (here.get(run.id) === stopping) here.delete(run.id);
  }
}

/** Does this process work on the run? Its heartbeat may be late all the same, when something blocked the event loop. */
export function isHere(runId: string): boolean {
  return here.has(runId);
}

/** Aborts a run of this process at once; a run of another process hears of it with its next heartbeat. */
export function abortHere(runId: string): void {
  here.get(runId)?.abort();
}
