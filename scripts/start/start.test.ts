import { once } from "node:events";
import { rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startProcess } from "@/tests/support/start-process";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { choosePort } from "./choose-port";

let dataDir: string;
beforeAll(async () => {
  dataDir = await temporaryFolder();
});
afterAll(() => rm(dataDir, { recursive: true }));

describe("npm start", () => {
  it("lists every wrong setting at once, and starts nothing", async () => {
    const wrong = { PORT: "99999", LOG_LEVEL: "loud", DATABASE_URL: "mysql://x", PLANNER: "openai" };
    const start = startProcess({ DATA_DIR: dataDir, ...wrong });
    expect(await start.ended).toBe(1);
    for (const name of [...Object.keys(wrong).slice(0, 3), "OPENAI_API_KEY"]) {
      expect(start.said()).toContain(name);
    }
    expect(start.said()).not.toContain("    at ");
  });

  it("says that the database does not answer, without its password, and tries again until Ctrl-C", async () => {
    const DATABASE_URL = "postgres://app:hunter2x@127.0.0.1:1/app";
    const start = startProcess({ DATA_DIR: dataDir, DATABASE_URL });
    await start.says(/The PostgreSQL of DATABASE_URL \(127.0.0.1:1\) does not answer. It is tried again/);
    expect(await start.interrupt()).toBe(0);
    expect(start.said()).not.toContain("hunter2x");
    expect(start.said()).not.toContain("    at ");
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
