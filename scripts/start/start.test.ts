import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { environmentWith } from "@/lib/config";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { choosePort } from "./choose-port";

let dataDir: string;
beforeAll(async () => {
  dataDir = await temporaryFolder();
});
afterAll(() => rm(dataDir, { recursive: true }));

/** `npm start` with these settings, to its end. */
async function start(settings: Record<string, string>): Promise<{ code: number; said: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", path.join("scripts", "start.ts")], {
    env: environmentWith({ DATA_DIR: dataDir, ...settings }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (data) => {
    said += data;
  });
  child.stderr.on("data", (data) => {
    said += data;
  });
  const [code] = (await once(child, "close")) as [number];
  return { code, said };
}

describe("npm start", () => {
  it("lists every wrong setting at once, and starts nothing", async () => {
    const wrong = { PORT: "99999", LOG_LEVEL: "loud", DATABASE_URL: "mysql://x", PLANNER: "openai" };
    const { code, said } = await start(wrong);
    expect(code).toBe(1);
    for (const name of [...Object.keys(wrong).slice(0, 3), "OPENAI_API_KEY"]) expect(said).toContain(name);
    expect(said).not.toContain("    at ");
  });

  it("says so when the database does not answer, without its password", async () => {
    const { code, said } = await start({
      PORT: "0",
      DATABASE_URL: "postgres://app:hunter2x@127.0.0.1:1/app",
    });
    expect(code).toBe(1);
    expect(said).toContain("The PostgreSQL of DATABASE_URL (127.0.0.1:1) does not answer");
    expect(said).not.toContain("hunter2x");
  });
});

describe("the port", () => {
  it("is the one asked for, or a free one for 0", async () => {
    const free = await choosePort(0, "127.0.0.1");
    expect(free).toBeGreaterThan(0);
    expect(await choosePort(free, "127.0.0.1")).toBe(free);
  });

  it("in use is told with the way out", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await expect(choosePort(port, "127.0.0.1")).rejects.toThrow(
      new RegExp(`Port ${port} is in use.*PORT=${port + 1}`),
    );
    server.close();
  });

  it("cannot be on an address of another machine", async () => {
    await expect(choosePort(0, "192.0.2.1")).rejects.toThrow("HOST=192.0.2.1");
  });
});
