import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { buildModels, declareTables, readProject } from "@/lib/dbt";
import { AppError } from "@/lib/errors";
import { dbt, runDbt } from "@/tests/support/run-dbt";
import { dumpTruth } from "../simulate/dump";

const usage = `  npm run bench -- pipeline [--sellers 2000,10000] [--threads N] [--memory 4GB]
      builds the mart's models (all but those that stand on the augment step) at each size with the embedded runner,
      then with \`dbt build\` where DBT names dbt's executable`;
const end = "2026-11-01T00:00:00Z";
const directory = path.join(process.cwd(), "db", "marts", "auto-marketplace");
const exclude = ["tag:augment+"];

/**
 * Features × rows per second of the build, its ratio to dbt's on the same models, inputs and machine, and how both grow with
 * the number of sellers. Tests are run by both. Making the inputs is not counted.
 * @throws AppError BAD_INPUT
 */
export async function benchPipeline(args: string[]): Promise<void> {
  const { sizes, threads, memory } = readArguments(args);
  console.log(
    `${threads} threads, ${memory ?? "the engine's own"} memory limit, ${os.cpus()[0]?.model.trim()}`,
  );
  if (!dbt) console.log("DBT names no dbt executable, so there is nothing to compare with.");
  console.log(
    [
      "sellers",
      "models",
      "features",
      "features × rows",
      "seconds",
      "per second",
      "seconds of processor",
      "file",
      "peak memory",
      "peak spill",
      "dbt build",
      "ratio",
      "dbt's models and tests alone",
      "ratio",
    ].join(" | "),
  );
  for (const sellers of sizes) {
    const folder = await mkdtemp(path.join(os.tmpdir(), "bench-pipeline-"));
    try {
      console.log((await measure(folder, { sellers, threads, memory })).join(" | "));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

async function measure(
  folder: string,
  { sellers, threads, memory }: { sellers: number; threads: number; memory: string | undefined },
): Promise<string[]> {
  const limits = { threads, ...(memory ? { memoryLimit: memory } : {}) };
  const conformed = path.join(folder, "conformed");
  await dumpTruth({ ...limits, sellers, seed: 7, end, to: conformed });
  const vars = { conformed, augment: folder, stamp: "v2026.11", end: "2026-11-01 00:00:00" };
  const [file, scratch] = [path.join(folder, "ours.duckdb"), path.join(folder, "scratch")];
  await mkdir(scratch);
  const started = performance.now();
  const before = process.cpuUsage();
  const peaks = watchPeaks(scratch);
  const project = await readProject(directory, vars);
  const { models } = await buildModels(project, {
    ...limits,
    ...{ file, scratch, exclude, compiledTo: path.join(folder, "compiled") },
  }).finally(() => peaks.stop());
  const { memory: peakMemory, spill } = peaks;
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - started) / 1000;
  const keys = new Map<string, number>();
  for (const { table, isKey } of declareTables(project).features) {
    if (!isKey) keys.set(table, (keys.get(table) ?? 0) + 1);
  }
  const tables = models.filter(({ table }) => table);
  const features = tables.reduce((sum, { table }) => sum + (keys.get(table ?? "") ?? 0), 0);
  const cells = tables.reduce((sum, { table, rows }) => sum + (keys.get(table ?? "") ?? 0) * (rows ?? 0), 0);
  return [
    ...[sellers, models.length, features, cells].map((count) => count.toLocaleString("en")),
    ...[seconds.toFixed(1), Math.round(cells / seconds).toLocaleString("en")],
    // On a machine with other work this tells more than the clock.
    ((user + system) / 1e6).toFixed(1),
    ...[(await stat(file)).size, peakMemory, spill].map((bytes) => `${(bytes / 2 ** 20).toFixed(0)} MB`),
    ...(await compared(seconds, { vars, folder, threads })),
  ];
}

/** The most memory of this process, and the most bytes that the engine put aside in `scratch`, looked at four times a second. */
function watchPeaks(scratch: string) {
  const peaks = { memory: 0, spill: 0, stop: () => clearInterval(timer) };
  const look = async () => {
    peaks.memory = Math.max(peaks.memory, process.memoryUsage.rss());
    const files = (await readdir(scratch)).filter((name) => name.endsWith(".tmp"));
    const sizes = await Promise.all(
      files.map((name) =>
        stat(path.join(scratch, name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
    );
    peaks.spill = Math.max(
      peaks.spill,
      sizes.reduce((sum, size) => sum + size, 0),
    );
  };
  const timer = setInterval(() => void look().catch(() => {}), 250);
  return peaks;
}

async function compared(
  ours: number,
  { vars, folder, threads }: { vars: Record<string, string>; folder: string; threads: number },
): Promise<string[]> {
  if (!dbt) return ["–", "–", "–", "–"];
  const file = path.join(folder, "theirs.duckdb");
  const { seconds, output } = await runDbt("build", {
    directory,
    vars,
    file,
    scratch: folder,
    threads,
    exclude,
  });
  const alone = Number(/\(([\d.]+)s\)/.exec(output)?.[1]);
  return [
    ...[`${seconds.toFixed(1)} s`, (ours / seconds).toFixed(2)],
    ...[`${alone.toFixed(1)} s`, (ours / alone).toFixed(2)],
  ];
}

function readArguments(args: string[]) {
  try {
    const text = { type: "string" } as const;
    const { values } = parseArgs({ args, options: { sellers: text, threads: text, memory: text } });
    const sizes = (values.sellers ?? "2000").split(",").map(Number);
    const threads = Number(values.threads ?? os.availableParallelism());
    if (sizes.some((size) => !Number.isInteger(size) || size < 50)) {
      throw new Error("--sellers is a list of whole numbers from 50");
    }
    if (!Number.isInteger(threads) || threads < 1) throw new Error("--threads is a whole number from 1");
    return { sizes, threads, memory: values.memory };
  } catch (thrown) {
    throw new AppError("BAD_INPUT", `${thrown instanceof Error ? thrown.message : thrown}\nUsage:\n${usage}`);
  }
}
