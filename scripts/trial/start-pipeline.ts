import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { environmentWith } from "@/lib/config";

export interface StartedPipeline {
  pid: number;
  /** Resolves with the exit code, null where it was killed. */
  over: Promise<number | null>;
  /** Resolves when it says that the step is under way. */
  running(step: string): Promise<void>;
  /** How long each step took, of those that it saw succeed. */
  seconds(): Map<string, number>;
  said(): string;
}

/** `npm run pipeline -- run`, as a person starts it, in a data folder of its own. */
export function startPipeline(of: { dataDir: string; sellers: number; stamp: string }): StartedPipeline {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "scripts/pipeline.ts", "run", "--stamp", of.stamp],
    {
      env: environmentWith({ DATA_DIR: of.dataDir, MART_SELLERS: String(of.sellers), PIPELINE_CRON: "off" }),
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let said = "";
  const waiting = new Set<() => void>();
  const hear = (data: Buffer) => {
    said += data;
    for (const look of waiting) look();
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  return {
    pid: child.pid ?? 0,
    over: new Promise((resolve, reject) => child.on("error", reject).on("close", resolve)),
    running: (step) =>
      new Promise((resolve) => {
        const look = () => {
          if (!said.includes(`] ${step}: running`)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    seconds: () =>
      new Map(
        [...said.matchAll(/\] (\w+): succeeded in ([\d.]+) s/g)].map(([, step = "", seconds]) => [
          step,
          Number(seconds),
        ]),
      ),
    said: () => said,
  };
}

/** Both with -9, the step first; false where the step's process is gone already. The command is killed in any case. */
export async function killWithChild({ pid }: StartedPipeline, step: string): Promise<boolean> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,args="]);
  const children = stdout
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter(
      (found) => Number(found?.[2]) === pid && found?.[3]?.includes(`scripts/pipeline.ts step ${step} `),
    )
    .map((found) => Number(found?.[1]));
  for (const each of [...children, pid]) {
    try {
      process.kill(each, "SIGKILL");
    } catch {
      // Gone in the meantime.
    }
  }
  return children.length > 0;
}
