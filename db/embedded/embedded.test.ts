import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { withConnection } from "@/db/client";
import { startEmbedded, stopEmbedded } from "@/db/embedded";
import { temporaryFolder } from "@/tests/support/temporary-folder";

/** One cluster for all: making one takes seconds. */
let dataDir: string;
beforeAll(async () => {
  dataDir = await temporaryFolder();
});
afterEach(() => stopEmbedded(dataDir));
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const script = path.join(process.cwd(), "tests", "support", "start-embedded.ts");

/** Another process of ours that starts or attaches, prints the address and then stays. */
async function anotherProcess(): Promise<{ process: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", script, dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  return { process: child, url: said.toString().trim() };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

const ask = (url: string, text: string) => withConnection(url, (db) => db.execute(sql.raw(text)));

describe("the embedded PostgreSQL", () => {
  it("is one, when several processes make and start it at once", async () => {
    const all = await Promise.all([anotherProcess(), anotherProcess(), anotherProcess()]);
    expect(new Set(all.map(({ url }) => url)).size).toBe(1);
    await Promise.all(all.map(({ process }) => kill(process)));
  });

  it("survives a kill -9 of the process that started it, and is attached to with its data", async () => {
    const first = await anotherProcess();
    await ask(first.url, "create table killed as select 42 as answer");
    await kill(first.process);
    const url = await startEmbedded(dataDir);
    expect(url).toBe(first.url);
    expect(await ask(url, "select answer from killed")).toEqual([{ answer: 42 }]);
  });

  it("keeps its data over a stop, and does not stop while somebody is connected", async () => {
    const url = await startEmbedded(dataDir);
    await ask(url, "create table stopped as select 1 as n");
    await withConnection(url, async (db) => {
      await db.execute(sql`select 1`);
      expect(await stopEmbedded(dataDir)).toBe("in use");
    });
    expect(await stopEmbedded(dataDir)).toBe("stopped");
    await expect(ask(url, "select 1")).rejects.toThrow();
    expect(await ask(await startEmbedded(dataDir), "select n from stopped")).toEqual([{ n: 1 }]);
  });

  it("starts although its pid file names a process that is not PostgreSQL", async () => {
    await startEmbedded(dataDir);
    const pidFile = path.join(dataDir, "postgres", "pgdata", "postmaster.pid");
    const lines = (await readFile(pidFile, "utf8")).split("\n");
    await stopEmbedded(dataDir);
    await writeFile(pidFile, [String(process.pid), ...lines.slice(1)].join("\n"), { mode: 0o600 });
    expect(await ask(await startEmbedded(dataDir), "select 1 as n")).toEqual([{ n: 1 }]);
  });

  it("lets nobody in without its password, which only its owner can read, and listens on loopback only", async () => {
    const url = new URL(await startEmbedded(dataDir));
    url.password = "guess";
    await expect(ask(url.href, "select 1")).rejects.toThrow();
    expect((await stat(path.join(dataDir, "postgres", "password"))).mode & 0o077).toBe(0);
    expect(await ask(await startEmbedded(dataDir), "show listen_addresses")).toEqual([
      { listen_addresses: "127.0.0.1" },
    ]);
  });
});
