import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

/** A started server, as the next command finds it. */
export interface StartedEngine {
  pid: number;
  url: string;
  /** For `.env`. */
  settings: Record<string, string>;
}

export type EngineName = "S3" | "Snowflake";
export type StartedEngines = Partial<Record<EngineName, StartedEngine>>;

/** The servers that an earlier `up` on this folder started and that still run. */
export async function runningEngines(folder: string): Promise<StartedEngines> {
  const text = await readFile(path.join(folder, file), "utf8").catch(() => "{}");
  const started: StartedEngines = JSON.parse(text);
  const entries = Object.entries(started);
  const running = await Promise.all(entries.map(([, { pid }]) => isEngine(pid)));
  return Object.fromEntries(entries.filter((_, at) => running[at]));
}

export async function rememberEngines(folder: string, started: StartedEngines): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, file), JSON.stringify(started, null, 2), { mode: 0o600 });
}

/** Whether the process is one of ours: after a restart of the machine its number may be another's. */
export function isEngine(pid: number): Promise<boolean> {
  return new Promise((resolve) => {
    execFile("ps", ["-p", String(pid), "-o", "command="], (_, said) =>
      resolve(said.includes("feature-mart-engines-")),
    );
  });
}

const file = "started.json";
