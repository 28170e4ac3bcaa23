import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { config } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { fileOf, placeOf } from "@/lib/mart/layout";
import { stepKey, stepNames } from "@/lib/pipeline/steps";
import { differingTables } from "./differing-tables";
import { killWithChild, type StartedPipeline, startPipeline } from "./start-pipeline";

export const usage = `Usage: npm run trial -- pipeline [--sellers 150] [--stamp v2026.11]
  builds the stamp twice in data folders of its own: once left alone, once killed with -9 in the middle of each of the six
  steps and gone on with; then holds the two marts against each other. Takes minutes`;

/**
 * Shows on the real steps and sources that a run which dies in any step leaves, once gone on with, the mart of one that did not.
 * Prints a table; the exit code is 1 where a kill came too late or the marts differ.
 * @throws AppError BAD_INPUT; INTERNAL where a run does not succeed
 */
export async function tryPipeline(args: string[]): Promise<void> {
  const { sellers, stamp } = readArguments(args);
  const folder = await mkdtemp(path.join(os.tmpdir(), "trial-pipeline-"));
  // The embedded PostgreSQL's account has to get in.
  await chmod(folder, 0o755);
  const [whole, killed] = [path.join(folder, "whole"), path.join(folder, "killed")];
  const begin = (dataDir: string) => startPipeline({ dataDir, sellers, stamp });
  try {
    const alone = begin(whole);
    await succeeded(alone);
    const seconds = alone.seconds();
    const kills: Kill[] = [];
    for (const step of stepNames) kills.push(await killIn(begin(killed), step, seconds.get(step) ?? 0));
    const last = begin(killed);
    await succeeded(last);
    console.table(kills);

    const mart = config().defaultMart;
    const files = [whole, killed].map((dataDir) => fileOf(placeOf(mart, dataDir), stamp)) as [string, string];
    const { tables, rows, differing } = await differingTables(...files, path.join(folder, "compare"));
    const hashes = await Promise.all([whole, killed].map((dataDir) => contentHash(dataDir, mart, stamp)));
    console.log(`content hash: ${hashes.join(hashes[0] === hashes[1] ? " = " : " ≠ ")}`);
    console.log(`tables: ${tables}, rows: ${rows}, differing: ${differing.length === 0 ? "none" : ""}`);
    if (differing.length > 0) console.table(differing);
    const isProved = kills.every(({ kill }) => kill !== "too late");
    process.exitCode = isProved && hashes[0] === hashes[1] && differing.length === 0 ? 0 : 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Kill {
  step: string;
  "seconds when left alone": number;
  kill: string;
}

/** Kills the command and its step's process when a third of the step's usual time has passed. */
async function killIn(pipeline: StartedPipeline, step: string, seconds: number): Promise<Kill> {
  await Promise.race([pipeline.running(step), pipeline.over]);
  const wait = seconds / 3;
  await new Promise((resolve) => setTimeout(resolve, wait * 1000));
  const isHit = await killWithChild(pipeline, step);
  const code = await pipeline.over;
  if (!isHit && code !== 0 && code !== null) {
    throw new AppError(
      "INTERNAL",
      `The run was to be killed in ${step} and ended itself:\n${pipeline.said()}`,
    );
  }
  return {
    step,
    "seconds when left alone": seconds,
    kill: isHit ? `${wait.toFixed(1)} s after it began` : "too late",
  };
}

async function succeeded(pipeline: StartedPipeline): Promise<void> {
  const code = await pipeline.over;
  if (code !== 0) {
    throw new AppError(
      "INTERNAL",
      `The run ended with ${code} and should have succeeded:\n${pipeline.said()}`,
    );
  }
}

async function contentHash(dataDir: string, mart: string, stamp: string): Promise<string> {
  const key = stepKey({ mart, stamp }, "publish", "publication.json");
  const text = await readFile(path.join(dataDir, "objects", key), "utf8");
  return (JSON.parse(text) as { contentHash: string }).contentHash;
}

function readArguments(args: string[]): { sellers: number; stamp: string } {
  try {
    const text = { type: "string" } as const;
    const { values } = parseArgs({ args, options: { sellers: text, stamp: text } });
    const sellers = Number(values.sellers ?? 150);
    if (!Number.isInteger(sellers) || sellers < 50) throw new Error("--sellers is a whole number from 50");
    return { sellers, stamp: values.stamp ?? "v2026.11" };
  } catch (thrown) {
    throw new AppError("BAD_INPUT", `${thrown instanceof Error ? thrown.message : thrown}\n${usage}`);
  }
}
