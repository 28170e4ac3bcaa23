import { parseArgs } from "node:util";
import { leaveSearches } from "@/agents/open-turn";
import type { ApprovalPart, DecisionPart } from "@/agents/parts";
import { allRunsSettled } from "@/agents/run";
import { leaveDatabase } from "@/db/ensure-database";
import { config } from "@/lib/config";
import { askOnce } from "./ask/ask-once";
import { decideByPrompt, decideByProposal } from "./ask/decide";
import { prepare } from "./ask/prepare";
import { printReplay } from "./ask/print-replay";
import { openPrompt } from "./ask/prompt";
import { tellFailure } from "./tell-failure";

const usage = `Usage:
  npm run ask -- "which features, for whom"        asks approvals at the prompt
  npm run ask -- --yes "…"                         takes what is proposed
  npm run ask -- --mart flights "…"                another mart
  npm run ask -- --conversation ID "…"             goes on with an earlier conversation
  npm run ask -- --replay manifest.json            makes an export's data again and compares them
  npm run ask -- --replay manifest.json --out again.parquet`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    yes: { type: "boolean", short: "y", default: false },
    mart: { type: "string" },
    conversation: { type: "string" },
    replay: { type: "string" },
    out: { type: "string" },
    help: { type: "boolean", short: "h", default: false },
  },
});

const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());

try {
  const message = positionals.join(" ").trim();
  if (options.help || (!options.replay && !message)) {
    console.log(usage);
    process.exitCode = options.help ? 0 : 2;
  } else if (options.replay) {
    await printReplay(options.replay, options.out);
  } else {
    await prepare(options.mart ?? config().defaultMart);
    const prompt = options.yes ? null : openPrompt();
    const decide: (approval: ApprovalPart) => Promise<DecisionPart | null> = prompt
      ? (approval) => decideByPrompt(prompt, approval)
      : async (approval) => decideByProposal(approval);
    const ended = await askOnce({
      message,
      mart: options.mart,
      conversationId: options.conversation,
      decide,
      signal: interrupted.signal,
    });
    prompt?.close();
    process.exitCode = ended.failed ? 1 : 0;
  }
} catch (thrown) {
  tellFailure("ask", thrown);
  process.exitCode = 1;
} finally {
  leaveSearches();
  await allRunsSettled();
  await leaveDatabase();
}
