import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { localModel, type TokenLedger } from "@/lib/language-model";
import { createPlanner, offlinePlanner, type Planner } from "@/lib/planner";
import { publishWorldMart } from "@/tests/support/world-mart";
import { readRequestCases } from "./request-cases";
import { type CaseOutcome, runRequests } from "./run-requests";

/**
 * Prints how many written conversations come out exactly right, and where the others differ; on the whole mart, or with
 * `--core` on the twelve tables that the conversations were written for.
 */
export async function run(options: string[], ledger: TokenLedger): Promise<void> {
  const planner = plannerOf(options, ledger);
  const tables = options.includes("--core") ? "core" : "all";
  const outcomes = await runRequests(readRequestCases(), planner, (dataDir) =>
    publishWorldMart(dataDir, { sellers: 200, ...(tables === "all" ? { tables } : {}) }),
  );
  for (const { case: one, differences } of outcomes) {
    // What is held out stays unseen, so that nobody tunes to it.
    if (differences.length === 0 || (one.heldOut && !options.includes("--show-held-out"))) continue;
    console.log(`\n${one.id}`);
    for (const line of differences) console.log(`  ${line}`);
  }
  console.log(`\nPlanner ${planner.name}, conversations exactly right:`);
  console.log(`  tuned on  ${score(outcomes.filter((one) => !one.case.heldOut))}`);
  console.log(`  held out  ${score(outcomes.filter((one) => one.case.heldOut))}`);
  console.log(`  all       ${score(outcomes)}`);
}

function plannerOf(options: string[], ledger: TokenLedger): Planner {
  const at = options.indexOf("--planner");
  const name = at < 0 ? "offline" : options[at + 1];
  if (name === "offline") return offlinePlanner();
  const model = localModel(config().planner, ledger);
  if (name !== "openai" || !model) {
    throw new AppError(
      "BAD_INPUT",
      "Say --planner offline, or --planner openai with PLANNER=openai and OPENAI_API_KEY.",
    );
  }
  return createPlanner(model);
}

function score(outcomes: CaseOutcome[]): string {
  const right = outcomes.filter(({ differences }) => differences.length === 0).length;
  const turns = outcomes.reduce((sum, { case: one }) => sum + one.turns.length, 0);
  return `${right} of ${outcomes.length} (${turns} turns)`;
}
