import { parseArgs } from "node:util";
import { searchOf } from "@/agents/open-turn";
import { closeDatabase } from "@/db/client";
import { ensureDatabase, leaveDatabase } from "@/db/ensure-database";
import { ensureDemoMart, martName } from "@/db/marts/auto-marketplace";
import { migrate } from "@/db/migrate";
import { config } from "@/lib/config";
import { toAppError } from "@/lib/errors";
import { log } from "@/lib/log";
import { closeMarts, openMart } from "@/lib/mart";
import { buildPages } from "./start/build";
import { choosePort } from "./start/choose-port";
import { serve } from "./start/serve";
import { step } from "./start/steps";

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
  await start();
} catch (thrown) {
  const error = toAppError(thrown);
  if (!stopping.signal.aborted) {
    console.error(`\n${error.message}`);
    if (error.cause) log.error("start failed", { error });
    process.exitCode = 1;
  }
} finally {
  await leaveDatabase();
}

async function start(): Promise<void> {
  const { host, port: wanted, demo } = config();
  const { signal } = stopping;
  const stage: typeof step = (title, work) => {
    signal.throwIfAborted();
    return step(title, work);
  };
  const port = await choosePort(wanted, host);
  await stage("Database", async (note) => {
    await ensureDatabase({ onProgress: note });
    await migrate();
  });
  await stage("Demo mart", async (note) => {
    note(`${demo.sellers} sellers`);
    await ensureDemoMart({ onProgress: ({ label, done, total }) => note(`${done}/${total} ${label}`) });
  });
  await stage("Search index", async () => {
    await searchOf(await openMart(martName));
    await closeMarts();
  });
  if (!options.dev) await stage("Pages", (note) => buildPages(note, signal));
  const server = await stage("Web server", () => serve({ development: options.dev, host, port, signal }));
  console.log(`\nAgentic Feature Mart is at ${server.url}\nCtrl-C stops it.`);
  const stopped = new Promise<"stopped">((resolve) => {
    if (signal.aborted) resolve("stopped");
    signal.addEventListener("abort", () => resolve("stopped"));
  });
  const outcome = await Promise.race([server.ended, stopped]);
  await server.stop();
  await closeDatabase();
  if (outcome !== "stopped") {
    console.error("The web server ended unexpectedly; the lines above say why.");
    process.exitCode = 1;
  }
}
