import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

/**
 * The folder that a recipe was built into, built now if it never was. It stays in the machine's temporary folder, under a
 * name made of the recipe, so that every checkout and every run shares it.
 */
export async function installed(recipe: string, build: (folder: string) => Promise<void>): Promise<string> {
  const hash = createHash("sha256").update(recipe).digest("hex").slice(0, 12);
  const folder = path.join(os.tmpdir(), `feature-mart-engines-${hash}`);
  if (await isOurs(folder)) return folder;
  await mkdir(os.tmpdir(), { recursive: true });
  const draft = await mkdtemp(`${folder}-`);
  try {
    await build(draft);
    // Another process may have been faster: its folder is as good.
    await rename(draft, folder).catch(async (error: unknown) => {
      if (!(await isOurs(folder))) throw error;
    });
    return folder;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Runs a program to its end. @throws Error with the last lines it said */
export function runToEnd(program: string, args: string[], env: Record<string, string> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
      timeout: 20 * 60_000,
    });
    let said = "";
    const hear = (data: Buffer) => {
      said = (said + data).slice(-2000);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) return resolve();
      reject(new Error(`${path.basename(program)} ${args[0]}: exit ${code}: ${lastLines(said)}`));
    });
  });
}

/** The first of these programs that runs; null when none does. */
export async function firstThatRuns(programs: string[], args: string[]): Promise<string | null> {
  for (const program of programs) {
    const runs = await runToEnd(program, args).then(
      () => true,
      () => false,
    );
    if (runs) return program;
  }
  return null;
}

/** A virtual environment of Python with these packages, for {@link installed}. */
export async function makeVenv(folder: string, packages: string[]): Promise<void> {
  const python = await firstThatRuns(
    ["python3", "python"],
    ["-c", "import sys, venv; assert sys.version_info >= (3, 10)"],
  );
  if (!python) throw new Error("there is no Python of 3.10 or later with its venv");
  await runToEnd(python, ["-m", "venv", folder]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  await runToEnd(pythonOf(folder), [...pip, ...packages]);
}

export function pythonOf(venv: string): string {
  return path.join(venv, "bin", "python");
}

/** In a temporary folder that all share, somebody else's programs must not be run. */
async function isOurs(folder: string): Promise<boolean> {
  const there = await stat(folder).catch(() => null);
  if (!there) return false;
  if (there.uid === process.getuid?.()) return true;
  throw new Error(`${folder} belongs to another user`);
}

function lastLines(said: string): string {
  return said.trim().split("\n").slice(-5).join(" / ");
}
