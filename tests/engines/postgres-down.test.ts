import { rm } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { copyWorldMart } from "@/tests/support/demo-mart";
import { type StartProcess, startProcess } from "@/tests/support/start-process";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { type RestartingPostgres, startRestartingPostgres } from "./support/restarting-postgres";

let server: RestartingPostgres;
let dataDir: string;
const started: StartProcess[] = [];

beforeAll(async () => {
  dataDir = await temporaryFolder();
  await copyWorldMart(60, dataDir);
  server = await startRestartingPostgres();
}, 300_000);
afterEach(() => Promise.all(started.splice(0).map((process) => process.interrupt())));
afterAll(async () => {
  await server.remove();
  await rm(dataDir, { recursive: true, force: true });
});

function start(change: (url: URL) => void = () => {}): StartProcess {
  const url = new URL(server.url);
  change(url);
  const process = startProcess({ DATA_DIR: dataDir, DATABASE_URL: url.href, PLANNER: "offline" });
  started.push(process);
  return process;
}

describe("npm start", () => {
  it.each([
    [
      "a wrong password",
      (url: URL) => (url.password = "a-wrong-guess"),
      /refuses the password of feature_mart/,
    ],
    [
      "an unknown database",
      (url: URL) => (url.pathname = "/not_there"),
      /has no database not_there.*CREATE DATABASE/,
    ],
  ])("with %s ends at once, saying what to correct", async (_, change, told) => {
    const process = start(change);
    expect(await process.ended).toBe(1);
    expect(process.said()).toMatch(told);
    expect(process.said()).not.toContain(new URL(server.url).password);
    expect(process.said()).not.toContain("a-wrong-guess");
  });

  // Builds the pages where nobody has yet.
  it("waits for its database, tells when it goes away later, and goes on when it is back", async () => {
    await server.end("fast");
    const process = start();
    await process.says(/does not answer. It is tried again every few seconds/);
    await server.start();
    const [, address = ""] = await process.says(/Agentic Feature Mart is at (http\S+)/);
    const page = await fetch(address);
    expect(page.status).toBe(200);
    const cookie = page.headers
      .getSetCookie()
      .map((one) => one.split(";")[0])
      .join("; ");
    const ask = () => fetch(new URL("/api/results/none", address), { headers: { cookie } });
    expect((await ask()).status).toBe(404);

    for (const how of ["fast", "killed"] as const) {
      await server.end(how);
      const refused = await ask();
      expect(refused.status).toBe(503);
      expect((await refused.json()).error).toMatchObject({
        code: "DATABASE_UNAVAILABLE",
        message: expect.stringContaining("The app's database does not answer."),
      });
      await server.start();
      await expect.poll(async () => (await ask()).status, { timeout: 30_000, interval: 250 }).toBe(404);
    }
    expect((await fetch(address)).status).toBe(200);
    expect(await process.interrupt()).toBe(0);
  }, 600_000);
});
