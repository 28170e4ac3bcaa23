import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type ObjectStore, s3Store } from "@/lib/objects";
import { describeWith, freshS3 } from "./support/engines";
import { type FaultProxy, startFaultProxy } from "./support/fault-proxy";
import type { S3Server } from "./support/object-server";
import { bucketJudge, s3Error, s3SettingsOf } from "./support/s3-store";

describeWith(["s3"], "a bucket behind a line that breaks", () => {
  let server: S3Server;
  let proxy: FaultProxy;
  let folder: string;
  /** Through the proxy, and straight. */
  let store: ObjectStore;
  let direct: ObjectStore;
  let judge: ReturnType<typeof bucketJudge>;
  let large: Buffer;
  let file: string;

  beforeAll(async () => {
    server = await freshS3();
    proxy = await startFaultProxy(server.url);
    folder = await mkdtemp(path.join(os.tmpdir(), "objects-"));
    store = s3Store(s3SettingsOf(server, { prefix: "team", endpoint: proxy.url }), { silence: 5_000 });
    direct = s3Store(s3SettingsOf(server, { prefix: "team" }));
    judge = bucketJudge(server);
    // Three parts.
    large = randomBytes(20 * 1024 * 1024);
    file = path.join(folder, "large");
    await writeFile(file, large);
  });
  afterAll(async () => {
    judge.close();
    await proxy.stop();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    proxy.plan();
    proxy.seen.length = 0;
  });

  const seen = (pattern: RegExp) =>
    proxy.seen.filter(({ method, path }) => pattern.test(`${method} ${path}`));
  const isWhole = async (key: string) => large.equals(await direct.get(key));

  describe("writing", () => {
    it.each([
      ["is cut before it is sent", { kind: "reset" } as const],
      ["is taken and the answer lost", { kind: "cut", after: 0 } as const],
      ["is met with silence", { kind: "silence" } as const],
      ["is refused for now", { kind: "answer", status: 503, body: s3Error("SlowDown") } as const],
    ])("sends a part again that %s, and only that part", async (_, fault) => {
      proxy.plan({ on: /PUT .*partNumber=2&/, fault, times: 2 });
      await store.putFile("parts", file);
      expect(await isWhole("parts")).toBe(true);
      const sent = [1, 2, 3].map((part) => seen(new RegExp(`PUT .*partNumber=${part}&`)).length);
      expect(sent).toEqual([1, 3, 1]);
      expect(seen(/POST .*\?uploads/)).toHaveLength(1);
      expect(await judge.unfinished()).toEqual([]);
    });

    it("gives up what was sent when a part fails for good, and leaves the earlier file", async () => {
      await direct.putFile("kept", path.join(folder, "large"));
      const other = path.join(folder, "other");
      await writeFile(other, randomBytes(20 * 1024 * 1024));
      proxy.plan({ on: /PUT .*partNumber=3&/, fault: { kind: "reset" } });
      await expect(store.putFile("kept", other)).rejects.toMatchObject({ code: "OBJECT_STORE_UNAVAILABLE" });
      expect(seen(/PUT .*partNumber=3&/)).toHaveLength(6);
      expect(await isWhole("kept")).toBe(true);
      expect(await judge.unfinished()).toEqual([]);
    });

    it("is given up at once when it is stopped, though the store is silent", async () => {
      for (const [key, from, part] of [
        ["stopped", file, /PUT .*stopped.*partNumber=2&/],
        ["stopped-small", path.join(folder, "little"), /PUT .*stopped-small/],
      ] as const) {
        await writeFile(path.join(folder, "little"), "a little");
        proxy.plan({ on: part, fault: { kind: "silence" }, times: 1 });
        const stop = new AbortController();
        const written = store.putFile(key, from, stop.signal);
        written.catch(() => {});
        await vi.waitUntil(() => seen(part).length === 1, { timeout: 20_000 });
        stop.abort();
        await expect(written).rejects.toMatchObject({ code: "QUERY_CANCELLED" });
        // It did not wait for the silence to end and the next attempt.
        expect(seen(part)).toHaveLength(1);
        await expect(store.putFile(key, from, stop.signal)).rejects.toMatchObject({
          code: "QUERY_CANCELLED",
        });
      }
      expect(await direct.exists("stopped")).toBe(false);
      await vi.waitUntil(async () => (await judge.unfinished()).length === 0, { timeout: 30_000 });
      expect(await direct.exists("stopped")).toBe(false);
    });

    it("stores nothing of a file that was changed on the way", async () => {
      const small = path.join(folder, "small");
      await writeFile(small, "as it was written");
      proxy.plan({ on: /^PUT .*spoiled/, fault: { kind: "spoil" } });
      for (const from of [small, file]) {
        await expect(store.putFile("spoiled", from)).rejects.toMatchObject({
          code: "OBJECT_STORE_UNAVAILABLE",
        });
      }
      await expect(store.putIfAbsent("spoiled", "as it was written")).rejects.toThrow();
      expect(await direct.exists("spoiled")).toBe(false);
      expect(await judge.unfinished()).toEqual([]);
    });

    it("knows that an upload is finished when the answer that says so is lost", async () => {
      proxy.plan({ on: /POST .*uploadId=/, fault: { kind: "cut", after: 0 }, times: 1 });
      await store.putFile("finished", file);
      expect(await isWhole("finished")).toBe(true);
      expect(seen(/POST .*uploadId=/)).toHaveLength(2);
    });

    it("knows that it has won when the answer that says so is lost, and that another has", async () => {
      proxy.plan({ on: /^PUT /, fault: { kind: "cut", after: 0 }, times: 1 });
      expect(await store.putIfAbsent("won", "mine")).toBe(true);
      proxy.plan({ on: /^PUT /, fault: { kind: "reset" }, times: 1 });
      expect(await store.putIfAbsent("won", "mine")).toBe(false);
    });

    it("tries again where another write was under way, and finds out who won", async () => {
      const conflict = { kind: "answer", status: 409, body: s3Error("ConditionalRequestConflict") } as const;
      proxy.plan({ on: /^PUT /, fault: conflict, times: 2 });
      expect(await store.putIfAbsent("conflict", "mine")).toBe(true);
      proxy.plan({ on: /^PUT /, fault: conflict, times: 2 });
      expect(await store.putIfAbsent("conflict", "theirs")).toBe(false);
    });

    it("is removed by the sweep when it died and could not give up", async () => {
      proxy.plan(
        { on: /PUT .*partNumber=3&/, fault: { kind: "reset" } },
        { on: /DELETE .*uploadId=/, fault: { kind: "reset" } },
      );
      await expect(store.putFile("dead", file)).rejects.toThrow();
      const neighbour = s3Store(s3SettingsOf(server, { prefix: "team-b", endpoint: proxy.url }));
      await expect(neighbour.putFile("dead", file)).rejects.toThrow();
      expect((await judge.unfinished()).sort()).toEqual(["team-b/dead", "team/dead"]);
      proxy.plan();
      expect(await store.sweep(new Date(Date.now() - 60_000))).toBe(0);
      expect(await store.sweep(new Date(Date.now() + 60_000))).toBe(1);
      expect(await judge.unfinished()).toEqual(["team-b/dead"]);
      expect(await neighbour.sweep(new Date(Date.now() + 60_000))).toBe(1);
    });
  });

  describe("reading", () => {
    beforeAll(() => direct.putFile("read", file));
    const ways: [string, () => Promise<Buffer>][] = [
      ["get", async () => Buffer.from(await store.get("read"))],
      [
        "getFile",
        async () => {
          const target = path.join(folder, "brought");
          await rm(target, { force: true });
          await store.getFile("read", target);
          return readFile(target);
        },
      ],
      [
        "stream",
        async () => Buffer.from(await new Response((await store.stream("read")).body).arrayBuffer()),
      ],
    ];

    it.each(ways)("takes up %s where the body broke off", async (_, read) => {
      proxy.plan({ on: /^GET /, fault: { kind: "cut", after: 6_000_000 }, times: 2 });
      expect(large.equals(await read())).toBe(true);
      const [whole, ...rests] = proxy.seen.map(({ headers }) => headers.range);
      expect(whole).toBeUndefined();
      // What was on its way when the connection broke may be lost with it.
      const [first = 0, second = 0] = rests.map((range) => Number(range?.match(/^bytes=(\d+)-$/)?.[1]));
      expect(rests).toHaveLength(2);
      expect(first).toBeGreaterThan(1_000_000);
      expect(second).toBeGreaterThan(first + 1_000_000);
    });

    it.each(ways)("never gives a short file: %s", async (_, read) => {
      await rm(path.join(folder, "brought"), { force: true });
      proxy.plan(
        { on: /^GET /, fault: { kind: "cut", after: 6_000_000 }, times: 1 },
        { on: /^GET /, fault: { kind: "reset" } },
      );
      await expect(read()).rejects.toMatchObject({ code: "OBJECT_STORE_UNAVAILABLE" });
      expect((await readdir(folder)).filter((name) => name.startsWith("brought"))).toEqual([]);
    });

    it("reads anew what was replaced meanwhile, and never mixes the two", async () => {
      const replaced = { kind: "answer", status: 412, body: s3Error("PreconditionFailed") } as const;
      proxy.plan(
        { on: ({ headers }) => headers.range !== undefined, fault: replaced, times: 1 },
        { on: /^GET /, fault: { kind: "cut", after: 6_000_000 }, times: 1 },
      );
      expect(large.equals(await store.get("read"))).toBe(true);
      expect(seen(/^GET /)).toHaveLength(3);

      proxy.plan({ on: /^GET /, fault: { kind: "cut", after: 6_000_000 }, times: 1 });
      const { body } = await store.stream("read");
      const reader = body.getReader();
      await reader.read();
      const other = path.join(folder, "other");
      await writeFile(other, randomBytes(large.length));
      await direct.putFile("read", other);
      const rest = async () => {
        while (!(await reader.read()).done);
      };
      await expect(rest()).rejects.toMatchObject({ code: "OBJECT_STORE_UNAVAILABLE" });
      await direct.putFile("read", file);
    });
  });
});
