import { tellFailure } from "./tell-failure";

/** What `npm run pipeline -- <word> …` does, by its first word. Loaded when asked for: a step needs little of the rest. */
const commands: Record<string, () => Promise<(args: string[]) => Promise<void>>> = {
  run: async () => (await import("./pipeline/run")).runPipeline,
  step: async () => (await import("./pipeline/step")).runOneStep,
  status: async () => (await import("./pipeline/status")).printStatus,
  cancel: async () => (await import("./pipeline/cancel")).cancelPipeline,
  backfill: async () => (await import("./pipeline/run")).backfill,
};

const usage = `Usage:
  npm run pipeline -- run --stamp v2026.11 [--mart M] [--from STEP] [--detach]
                                      builds a stamp and shows how it goes; --detach leaves it to the server.
                                      While the app runs it executes this, with its own settings
  npm run pipeline -- run … [--start T] [--end T] [--previous STAMP|none]
  npm run pipeline -- backfill --from v2026.09 --to v2026.11   several stamps, in order
  npm run pipeline -- status [--stamp v2026.11] [--run ID]     the last runs, or one with its steps
  npm run pipeline -- cancel --stamp v2026.11 | --run ID
  npm run pipeline -- step STEP --stamp v2026.11 [--start T --end T --previous STAMP|none] [--json]
                                      one step in this process: extract, conform, build, augment, gate, publish
Ends with 0 when all went well, 1 on a failure, 2 on a wrong command, 3 when a gate halted, 4 when cancelled.`;

// Whoever reads has seen enough: `… status | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

const [word = "", ...args] = process.argv.slice(2);
const load = Object.hasOwn(commands, word) ? commands[word] : undefined;
try {
  if (load) {
    await (await load())(args);
  } else {
    console.log(usage);
    process.exitCode = ["", "help", "--help", "-h"].includes(word) ? 0 : 2;
  }
} catch (thrown) {
  const error = tellFailure("pipeline", thrown);
  process.exitCode = error.code === "BAD_INPUT" ? 2 : error.code === "GATE_HALTED" ? 3 : 1;
}
