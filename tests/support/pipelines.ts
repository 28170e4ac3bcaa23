import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, vi } from "vitest";
import type { PipelineSnapshot } from "@/agents/pipeline";
import { readPipelineRun } from "@/agents/pipeline";
import type { StepName } from "@/lib/pipeline/steps";
import { aViewer } from "./a-viewer";
import { createTestDatabase, type TestDatabase } from "./database";
import { temporaryFolder } from "./temporary-folder";

export const mart = "auto-marketplace";

/** A data folder, a database, and processes that execute pipelines of small steps, steered by files. */
export function setUpPipelines() {
  // Some twenty processes one after the other, on machines that may have other work.
  vi.setConfig({ testTimeout: 240_000 });
  const viewer = aViewer("Tester");
  let dataDir: string;
  let database: TestDatabase;
  let folder: string;
  const processes: ChildProcess[] = [];

  beforeAll(async () => {
    dataDir = await temporaryFolder();
    vi.stubEnv("DATA_DIR", dataDir);
    vi.stubEnv("LOG_LEVEL", "error");
    database = await createTestDatabase();
  });
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map(kill));
    await rm(folder, { recursive: true, force: true });
  });
  afterAll(async () => {
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  });

  return {
    viewer,
    database: () => database,
    dataDir: () => dataDir,
    /** Tells the steps what to do: `hold-build`, `fail-extract` … */
    order: (name: string, content = "") => writeFile(path.join(folder, name), content),
    withdraw: (name: string) => rm(path.join(folder, name), { force: true }),
    /** Begun steps, with their process ids. */
    begun: async () => {
      const text = await readFile(path.join(folder, "begun"), "utf8").catch(() => "");
      return text.split("\n").flatMap((line) => {
        const [step, pid] = line.split(" ");
        return step ? [{ step: step as StepName, pid: Number(pid) }] : [];
      });
    },
    startExecutor: async (settings: Record<string, string> = {}, secondsBetweenTries = 0.05) => {
      const program = ["--import", "tsx", "tests/fixtures/pipeline-executor.ts"];
      const args = [...program, database.url, folder, String(secondsBetweenTries)];
      const child = spawn(process.execPath, args, {
        stdio: ["ignore", "pipe", "inherit"],
        env: { ...process.env, ...settings },
      });
      processes.push(child);
      return child;
    },
    /** What the six steps left, by file, without the logs of runs and which process did a step. */
    contents: (stamp: string) => hashes(path.join(dataDir, "objects", "marts", mart, stamp)),
    /** Scratch folders of steps. */
    leftovers: () => readdir(path.join(dataDir, "pipeline")),
    until: <T>(what: () => Promise<T>) => until(what),
    ended: (id: string) =>
      until(async () => {
        const snapshot = await readPipelineRun(viewer, id);
        return ["queued", "running"].includes(snapshot.run.status) ? null : snapshot;
      }),
    /** Resolves when this process executes. */
    leads: (child: ChildProcess) =>
      new Promise<void>((resolve) =>
        child.stdout?.on("data", (said) => String(said).includes("leading") && resolve()),
      ),
  };
}

export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

export function statuses({ steps }: PipelineSnapshot): string[] {
  return steps.map(({ step, status }) => `${step} ${status}`);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until<T>(what: () => Promise<T>): Promise<NonNullable<T>> {
  for (;;) {
    const found = await what();
    if (found) return found;
    await delay(25);
  }
}

async function hashes(root: string): Promise<Record<string, string>> {
  await mkdir(root, { recursive: true });
  const names = (await readdir(root, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const files = names.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))).sort();
  const kept = files.filter((file) => !file.startsWith("runs/") && path.basename(file) !== "begun.json");
  const hashed = kept.map(async (file) => {
    const content = await readFile(path.join(root, file));
    return [file, createHash("sha256").update(content).digest("hex")] as const;
  });
  return Object.fromEntries(await Promise.all(hashed));
}
