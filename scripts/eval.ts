import { leaveDatabase } from "@/db/ensure-database";
import { AppError } from "@/lib/errors";
import type { TokenLedger } from "@/lib/language-model";
import { lazyDayLedger } from "./lazy-day-ledger";

interface Eval {
  /** A paid model that it asks draws on the ledger. */
  run(options: string[], ledger: TokenLedger): Promise<void>;
}

/** `npm run eval -- <name> [options]`: each eval is a file of tests/evals whose `run` prints its numbers. */
const evals: Record<string, () => Promise<Eval>> = {
  retrieval: () => import("@/tests/evals/retrieval"),
  requests: () => import("@/tests/evals/requests"),
};

async function main([name = "", ...options]: string[]): Promise<void> {
  const load = evals[name];
  if (!load) throw new AppError("BAD_INPUT", `Say which eval to run: ${Object.keys(evals).join(", ")}.`);
  try {
    await (await load()).run(options, lazyDayLedger("eval"));
  } finally {
    await leaveDatabase();
  }
}

main(process.argv.slice(2)).catch((thrown: unknown) => {
  console.error(thrown instanceof AppError ? thrown.message : thrown);
  process.exitCode = 1;
});
