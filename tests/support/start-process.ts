import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { environmentWith } from "@/lib/config";

/** `npm start` as a process, with what it says. */
export interface StartProcess {
  said(): string;
  /** Resolves with the match once it has said this. @throws Error when it ends without */
  says(what: RegExp): Promise<RegExpExecArray>;
  /** Ctrl-C. @returns the exit code */
  interrupt(): Promise<number>;
  /** @returns the exit code, once it ends by itself */
  ended: Promise<number>;
}

export function startProcess(settings: Record<string, string>, args: string[] = []): StartProcess {
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/start.ts", ...args], {
    env: environmentWith({ VITEST: "", NODE_ENV: "production", HOST: "127.0.0.1", PORT: "0", ...settings }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      said += data;
    });
  }
  const ended = once(child, "close").then(([code]) => Number(code));
  return {
    said: () => said,
    says: async (what) => {
      for (;;) {
        const found = what.exec(said);
        if (found) return found;
        if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}:\n${said}`);
        await delay(50);
      }
    },
    interrupt: async () => {
      child.kill("SIGINT");
      return ended;
    },
    ended,
  };
}
