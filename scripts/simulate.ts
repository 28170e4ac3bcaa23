import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { leaveDatabase } from "@/db/ensure-database";
import { type Drift, drifts } from "@/db/marts/auto-marketplace/world";
import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { whileItRuns } from "./pipeline/source-addresses";
import { dumpTruth } from "./simulate/dump";
import { startSimulator } from "./simulate/simulator";
import { tellFailure } from "./tell-failure";

const usage = `Usage:
npm run simulate -- [--port 3900] [--sellers 2000] [--seed 7] [--drift ${drifts.join("|")}]
  serves the five sources of the mart auto-marketplace on this machine until Ctrl-C
  ${whileItRuns}
npm run simulate -- dump --to <folder> [--end 2026-11-01] [--sellers 2000] [--seed 7] [--drift …]
  writes what a flawless pipeline would make of them, as Parquet`;

/** Settings from the command line; where one is missing, what the demo mart has. */
function readOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: "string", default: "3900" },
      sellers: { type: "string" },
      seed: { type: "string" },
      drift: { type: "string" },
      end: { type: "string", default: "2026-11-01" },
      to: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  const { demo } = config();
  const end = new Date(values.end);
  if (Number.isNaN(end.getTime())) throw new AppError("BAD_INPUT", `--end ${values.end} is no date.`);
  return {
    word: values.help ? "help" : (positionals[0] ?? "serve"),
    to: values.to,
    end: end.toISOString(),
    port: wholeNumber("port", values.port, 0, 65_535),
    sellers: values.sellers ? wholeNumber("sellers", values.sellers, 1, 1_000_000) : demo.sellers,
    seed: values.seed ? wholeNumber("seed", values.seed, 0, 1e9) : demo.seed,
    drift: values.drift ? driftNamed(values.drift) : null,
  };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new AppError("BAD_INPUT", `--${name} ${text}: give a whole number from ${least} to ${most}.`);
}

function driftNamed(name: string): Drift {
  const drift = drifts.find((known) => known === name);
  if (!drift) throw new AppError("BAD_INPUT", `--drift ${name}: there is ${drifts.join(" and ")}.`);
  return drift;
}

async function serveUntilInterrupted({ port, sellers, seed, drift }: ReturnType<typeof readOptions>) {
  const started = Date.now();
  const onProgress = (label: string) => console.log(`  ${label}`);
  const simulator = await startSimulator({ port, sellers, seed, drift, onProgress });
  // With the password of the database, so not for the screen.
  const file = path.join(config().dataDir, "simulated", "addresses.json");
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(simulator.addresses, null, 2)}\n`, { mode: 0o600 });
  const shown = { ...simulator.addresses, platform: withoutPassword(simulator.addresses.platform) };
  for (const [source, address] of Object.entries(shown)) console.log(`${source.padEnd(12)} ${address}`);
  console.log(`The addresses as SOURCE_*_URL take them, with the password of platform's, are in ${file}.`);
  console.log(`Ready in ${((Date.now() - started) / 1000).toFixed(1)} s. ${whileItRuns} Ctrl-C stops it.`);
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  await rm(file, { force: true });
  await simulator.close();
}

function withoutPassword(address: string): string {
  const url = new URL(address);
  url.password = "";
  return url.href;
}

try {
  const options = readOptions();
  if (options.word === "serve") await serveUntilInterrupted(options);
  else if (options.word === "dump" && options.to)
    console.table(await dumpTruth({ ...options, ...config().engine, to: options.to }));
  else {
    console.log(usage);
    process.exitCode = options.word === "help" ? 0 : 2;
  }
} catch (thrown) {
  tellFailure("simulate", thrown instanceof TypeError ? new AppError("BAD_INPUT", thrown.message) : thrown);
  process.exitCode = 1;
} finally {
  await leaveDatabase();
}
