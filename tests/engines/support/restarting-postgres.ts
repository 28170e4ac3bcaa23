import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { startEmbedded } from "@/db/embedded";
import { findHome } from "@/db/embedded/home";
import { temporaryFolder } from "@/tests/support/temporary-folder";

/** How a server ends: as asked with its sessions cut, at once with its memory lost, or as by a power cut. */
export const ends = { fast: "SIGINT", immediate: "SIGQUIT", killed: "SIGKILL" } as const;

export interface RestartingPostgres {
  url: string;
  /** Ends the server; resolves when it is gone. */
  end(how: keyof typeof ends): Promise<void>;
  /** Starts it again, at the same address. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** A real PostgreSQL of its own, at an address that stays. What it has committed outlives each of its ends. */
export async function startRestartingPostgres(): Promise<RestartingPostgres> {
  const folder = await temporaryFolder();
  const url = await startEmbedded(folder);
  const { cluster } = await findHome(folder);
  const pidFile = path.join(cluster, "pgdata", "postmaster.pid");
  const settings = { port: new URL(url).port };
  const end = async (how: keyof typeof ends) => {
    const pid = Number((await readFile(pidFile, "utf8")).split("\n")[0]);
    process.kill(pid, ends[how]);
    while (isAlive(pid)) await delay(20);
  };
  return {
    url,
    end,
    start: async () => void (await startEmbedded(folder, () => {}, settings)),
    remove: async () => {
      await end("immediate").catch(() => {});
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
