import { AppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { unlessStopped } from "@/lib/unless-stopped";
import type { Deadline } from "./deadline";
import type { Reservation, TokenLedger, UsedUp } from "./model";

/**
 * The ledger for one question to a model: while it is asked, the model's clocks stand still, so that its slowness is never taken
 * for the model's. Whoever aborts the `signal` does not wait for it; what it then sets aside too late is given back.
 * @throws AppError QUERY_CANCELLED, by `reserve`, and what the ledger throws
 */
export function offTheClock(ledger: TokenLedger, clocks: Deadline[], signal?: AbortSignal): TokenLedger {
  const held = <T>(work: () => Promise<T>): Promise<T> =>
    clocks.reduce((inner, clock) => () => clock.hold(inner), work)();
  return {
    async reserve(least, most) {
      const reserved = await held(() => reserveUnless(signal, () => ledger.reserve(least, most)));
      if ("usedUp" in reserved) return reserved;
      return { tokens: reserved.tokens, settle: (used) => held(() => reserved.settle(used)) };
    },
  };
}

type Reserved = Reservation | UsedUp;

async function reserveUnless(
  signal: AbortSignal | undefined,
  reserve: () => Promise<Reserved>,
): Promise<Reserved> {
  if (!signal) return reserve();
  if (signal.aborted) throw stopped();
  const reserving = reserve();
  try {
    return await unlessStopped(reserving, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    void giveBack(reserving);
    throw stopped();
  }
}

async function giveBack(reserving: Promise<Reserved>): Promise<void> {
  try {
    const reserved = await reserving;
    if (!("usedUp" in reserved)) await reserved.settle(0);
  } catch (error) {
    log.warn("tokens not given back", { error });
  }
}

function stopped(): AppError {
  return new AppError("QUERY_CANCELLED", "The request was stopped before its tokens were set aside.");
}
