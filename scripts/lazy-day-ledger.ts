import { dayLedger } from "@/agents/language-model";
import { ensureDatabase } from "@/db/ensure-database";
import { migrate } from "@/db/migrate";
import { patiently } from "@/db/patiently";
import type { TokenLedger } from "@/lib/language-model";

/** Hours of work are not to be lost to a database that is started again. */
const secondsOfPatience = 120;

/**
 * The day's budget for a process that works without the app's database: it is opened when tokens are first asked for, and
 * left (`leaveDatabase`) by whoever asks. Where it stays away nothing is spent: the asking fails with DATABASE_UNAVAILABLE.
 */
export function lazyDayLedger(spender: Parameters<typeof dayLedger>[0]): TokenLedger {
  const ledger = dayLedger(spender);
  let opened: Promise<void> | null = null;
  return {
    async reserve(least, most) {
      opened ??= open();
      await opened;
      // If it was done all the same, some tokens are counted twice: too many at worst.
      return patiently(() => ledger.reserve(least, most), { seconds: secondsOfPatience });
    },
  };
}

async function open(): Promise<void> {
  await ensureDatabase({ patience: secondsOfPatience * 1000 });
  await patiently(migrate, { seconds: secondsOfPatience });
}
