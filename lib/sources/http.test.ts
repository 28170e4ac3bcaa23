import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { scriptedServer } from "@/tests/support/scripted-server";
import { writtenFolder } from "@/tests/support/written-folder";
import { httpSource, type Patience } from "./http";

const hasty: Partial<Patience> = { tries: 4, firstWaitMs: 1, longestWaitMs: 3000 };

function source(address: string, patience = hasty, signal = new AbortController().signal) {
  const lines: string[] = [];
  return { lines, ...httpSource("crm", address, { signal, log: (text) => lines.push(text), ...patience }) };
}

/** A server whose answer the test writes itself. */
async function listen(answer: (response: ServerResponse) => unknown): Promise<string> {
  const server = createServer((_request, response) => void answer(response));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("a source's HTTP API", () => {
  it("keeps the address's own path and query, and sends its password as it should", async () => {
    const seen: unknown[] = [];
    const { url, asked } = await scriptedServer((_url, _count, headers) => {
      seen.push(headers.authorization);
      return { body: "yes" };
    });
    const address = `${url.replace("//", "//me:p%40ss@")}/v2/?tenant=7`;
    const body = await source(address).get("/changes", { after: 3, from: "a b" });
    expect(body.toString()).toBe("yes");
    expect(asked).toEqual(["/v2/changes?tenant=7&after=3&from=a+b"]);
    expect(seen).toEqual([`Basic ${Buffer.from("me:p@ss").toString("base64")}`]);
  });

  it("asks again after errors, dropped connections and bodies that break off", async () => {
    const { url, asked } = await scriptedServer((_url, count) => {
      if (count === 1) return { status: 503 };
      if (count === 2) return { isDropped: true };
      return { body: "a long answer", isDropped: count === 3 };
    });
    const crm = source(url);
    expect((await crm.get("/x")).toString()).toBe("a long answer");
    expect(asked).toHaveLength(4);
    expect(crm.lines[0]).toMatch(/^crm: it answered 503; asking again in \d/);
    expect(crm.lines[2]).toContain("the connection failed");
  });

  it("writes an answer to a file from its start each time that it breaks off, and never holds it whole", async () => {
    const folder = await writtenFolder();
    const file = path.join(folder, "answer");
    const whole = Buffer.alloc(64 * 1024 * 1024);
    for (let at = 0; at < whole.length; at += 4) whole.writeUInt32LE(at, at);
    const { url, asked } = await scriptedServer((_url, count) =>
      // Longer than the right one, so that what is left of it would show.
      count < 3 ? { body: Buffer.alloc(150 * 1024 * 1024, "wrong"), isDropped: true } : { body: whole },
    );
    await source(url).download("/x", file);
    expect(asked).toHaveLength(3);
    expect((await readFile(file)).equals(whole)).toBe(true);
    const empty = await scriptedServer(() => ({ body: "" }));
    await source(empty.url).download("/x", file);
    expect((await readFile(file)).length).toBe(0);
  });

  it("gives a download the time that it takes, as long as something comes", async () => {
    const file = path.join(await writtenFolder(), "answer");
    const slow = await listen(async (response) => {
      response.writeHead(200, { "content-length": 8 });
      for (let piece = 0; piece < 8; piece++) {
        response.write("x");
        await sleep(100);
      }
    });
    await source(slow, { tries: 1, timeoutMs: 500 }).download("/x", file);
    expect(await readFile(file, "utf8")).toBe("xxxxxxxx");
    const stuck = await listen((response) => response.writeHead(200, { "content-length": 8 }).write("x"));
    await expect(source(stuck, { tries: 1, timeoutMs: 100 }).download("/x", file)).rejects.toMatchObject({
      code: "SOURCE_UNAVAILABLE",
    });
  });

  it("does not ask again where the disk is at fault", async () => {
    const { url, asked } = await scriptedServer(() => ({ body: "an answer" }));
    const nowhere = path.join(await writtenFolder(), "no", "folder");
    await expect(source(url).download("/x", nowhere)).rejects.toMatchObject({
      code: "INTERNAL",
      message: expect.stringContaining("the disk of DATA_DIR"),
    });
    expect(asked).toHaveLength(1);
  });

  it.skipIf(!existsSync("/dev/full"))(
    "says that the disk is full, without asking again (skipped where there is no /dev/full)",
    async () => {
      const { url, asked } = await scriptedServer(() => ({ body: "an answer" }));
      await expect(source(url).download("/x", "/dev/full")).rejects.toMatchObject({ code: "DISK_FULL" });
      expect(asked).toHaveLength(1);
    },
  );

  it("waits as long as it is told, however often", async () => {
    const until = Date.now() + 1500;
    const { url, asked } = await scriptedServer(() => {
      const date = new Date(until + 500).toUTCString();
      if (Date.now() >= until) return { body: "now" };
      return { status: 429, headers: { "retry-after": asked.length === 1 ? date : "0.2" } };
    });
    expect((await source(url, { ...hasty, tries: 1 }).get("/x")).toString()).toBe("now");
    expect(asked.length).toBeGreaterThan(1);
  });

  it("says when it may be asked again where that is long", async () => {
    const { url, asked } = await scriptedServer(() => ({ status: 429, headers: { "retry-after": "7200" } }));
    const failure = await source(url)
      .get("/x")
      .catch((thrown) => thrown);
    expect(failure).toMatchObject({ code: "SOURCE_UNAVAILABLE" });
    const opens = Date.parse(failure.details.opens) - Date.now();
    expect(opens).toBeGreaterThan(7_000_000);
    expect(opens).toBeLessThanOrEqual(7_200_000);
    expect(failure.message).toContain(failure.details.opens);
    expect(asked).toHaveLength(1);
  });

  it("stops asking when the quota is used up, until it renews", async () => {
    const renews = Date.now() + 1000;
    const { url, asked } = await scriptedServer((_url, count) => {
      const reset = new Date(count === 1 ? renews : Date.now() + 3_600_000).toISOString();
      return { headers: { "x-quota-remaining": "0", "x-quota-reset": reset } };
    });
    const maps = source(url);
    await maps.get("/x");
    await maps.get("/x");
    expect(Date.now()).toBeGreaterThan(renews - 10);
    await expect(maps.get("/x")).rejects.toMatchObject({
      code: "SOURCE_UNAVAILABLE",
      message: expect.stringContaining("takes no more requests until 20"),
    });
    expect(asked).toHaveLength(2);
  });

  it.each([
    [401, "Put a name and password that it accepts into SOURCE_CRM_URL"],
    [404, "See whether SOURCE_CRM_URL is the address of such a source"],
  ])("does not ask again after %i", async (status, message) => {
    const { url, asked } = await scriptedServer(() => ({ status, body: "vendor text" }));
    await expect(source(url).get("/x")).rejects.toMatchObject({
      code: "SOURCE_UNAVAILABLE",
      message: expect.stringContaining(message),
    });
    expect(asked).toHaveLength(1);
  });

  it("gives up after so many tries and names the source and its setting, never its password", async () => {
    const { url, asked } = await scriptedServer(() => ({ status: 500, body: "vendor text" }));
    const failure = await source(url.replace("//", "//me:secret-word@"))
      .get("/x")
      .catch((thrown) => thrown);
    expect(failure.message).toMatch(
      /^The source crm did not answer in 4 tries \(it answered 500\).*SOURCE_CRM_URL/,
    );
    expect(failure.message + JSON.stringify(failure.details)).not.toMatch(/secret-word|vendor/);
    expect(asked).toHaveLength(4);
  });

  it("stops at once when it is told to, also while it waits", async () => {
    const stop = new AbortController();
    const { url, asked } = await scriptedServer(() => {
      setTimeout(() => stop.abort(new Error("stopped")), 20);
      return { status: 429, headers: { "retry-after": "3000" } };
    });
    const patience = { ...hasty, longestWaitMs: 1e7 };
    await expect(source(url, patience, stop.signal).get("/x")).rejects.toThrow();
    expect(asked).toHaveLength(1);
  });
});
