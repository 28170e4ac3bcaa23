import { parseArgs } from "node:util";
import { config } from "@/lib/config";
import { buildPages } from "./start/build";
import { choosePort } from "./start/choose-port";
import { serve } from "./start/serve";
import { step } from "./start/steps";
import { tellFailure } from "./tell-failure";

/** `npm start`: everything from nothing to a page that answers. `--dev` serves pages that are built as they change. */
const { values: options } = parseArgs({ options: { dev: { type: "boolean", default: false } } });

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    // Asked twice: at once. The database stays up and the next start finds it.
    if (stopping.signal.aborted) process.exit(1);
    stopping.abort();
  });
}

try {
  await start(stopping.signal);
} catch (thrown) {
  if (stopping.signal.aborted) {
    console.log("\nStopped. The next start goes on from here.");
  } else {
    console.error("");
    tellFailure("start", thrown);
    process.exitCode = 1;
  }
}
// Whatever still holds a connection must not keep what was stopped.
process.exit();

async function start(signal: AbortSignal): Promise<void> {
  const { host, port: wanted } = config();
  const port = await choosePort(wanted, host);
  // Loaded only now: wrong settings are told at once.
  const { prepare, leaveDatabase } = await import("./start/prepare");
  const stage: typeof step = (title, work) => {
    signal.throwIfAborted();
    return step(title, work, signal);
  };
  try {
    await prepare(stage, signal);
    if (!options.dev) await stage("Pages", (note) => buildPages(note, signal));
    const server = await stage("Web server", () => serve({ development: options.dev, host, port, signal }));
    console.log(`\nAgentic Feature Mart is at ${server.url}\nCtrl-C stops it.`);
    await Promise.race([server.ended, aborted(signal)]);
    await server.stop();
    if (!signal.aborted) {
      console.error("The web server ended unexpectedly; the lines above say why.");
      process.exitCode = 1;
    }
  } finally {
    await leaveDatabase();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
