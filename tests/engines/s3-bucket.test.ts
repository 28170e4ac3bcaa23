import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseConfig } from "@/lib/config";
import { type ObjectStore, openObjectStore, s3Store } from "@/lib/objects";
import { describeWith, freshS3 } from "./support/engines";
import { type FaultProxy, startFaultProxy } from "./support/fault-proxy";
import type { S3Server } from "./support/object-server";
import { bucketJudge, s3SettingsOf } from "./support/s3-store";

describeWith(["s3"], "a bucket", () => {
  let server: S3Server;
  let folder: string;
  let store: ObjectStore;
  let proxy: FaultProxy;
  let judge: ReturnType<typeof bucketJudge>;
  beforeAll(async () => {
    server = await freshS3();
    proxy = await startFaultProxy(server.url);
    folder = await mkdtemp(path.join(os.tmpdir(), "objects-"));
    store = s3Store(s3SettingsOf(server, { prefix: "team/mart" }));
    judge = bucketJudge(server);
  });
  afterAll(async () => {
    judge.close();
    await proxy.stop();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("is chosen by settings alone, and keeps everything under its prefix", async () => {
    const { objects } = parseConfig({ ...server.settings, S3_PREFIX: "by/settings" });
    const chosen = openObjectStore({ objects, dataDir: folder });
    expect(chosen.label).toBe("s3://feature-mart/by/settings");
    expect(chosen.locate("exports/one")).toBe("s3://feature-mart/by/settings/exports/one");
    expect(await chosen.putIfAbsent("one", "x")).toBe(true);
    expect(await judge.versions("by/settings/one")).toEqual(["x"]);

    const whole = s3Store(s3SettingsOf(server, { prefix: "" }));
    expect(whole.label).toBe("s3://feature-mart");
    expect(whole.locate("a/b")).toBe("s3://feature-mart/a/b");
    expect(Buffer.from(await whole.get("by/settings/one")).toString()).toBe("x");
    expect(await whole.sweep(new Date())).toBe(0);
  });

  it("keeps what was replaced or removed as an earlier version", async () => {
    const file = path.join(folder, "file");
    for (const content of ["first", "second"]) {
      await writeFile(file, content);
      await store.putFile("kept", file);
    }
    expect(await judge.versions("team/mart/kept")).toEqual(["second", "first"]);
    expect(await store.putIfAbsent("gone/file", "x")).toBe(true);
    await store.removeAll("gone");
    expect(await store.exists("gone/file")).toBe(false);
    expect((await judge.versions("team/mart/gone/file")).sort()).toEqual([null, "x"].sort());
  });

  it("is listed and emptied by pages", async () => {
    const names = Array.from({ length: 1105 }, (_, index) => `many/${index}`);
    const queue = names.values();
    const worker = async () => {
      for (const name of queue) await store.putIfAbsent(name, name);
    };
    await Promise.all(Array.from({ length: 16 }, worker));
    const listed: string[] = [];
    for await (const { key } of store.list("many")) listed.push(key);
    expect(listed.sort()).toEqual(names.sort());
    await store.removeAll("many");
    for await (const { key } of store.list("many")) throw new Error(key);
  });

  it.each([
    [{ by: "bucket" } as const, {}],
    [{ by: "AES256" } as const, { "x-amz-server-side-encryption": "AES256" }],
    [
      { by: "aws:kms", keyId: "alias/feature-mart" } as const,
      {
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": "alias/feature-mart",
      },
    ],
    [{ by: "aws:kms", keyId: null } as const, { "x-amz-server-side-encryption": "aws:kms" }],
  ])("is asked to encrypt every write: %j", async (encryption, expected) => {
    const through = s3Store(s3SettingsOf(server, { endpoint: proxy.url, encryption }), { attempts: 1 });
    const small = path.join(folder, "small");
    const large = path.join(folder, "large");
    await writeFile(small, "x");
    await writeFile(large, Buffer.alloc(9 * 1024 * 1024));
    proxy.seen.length = 0;
    // The server may refuse what it cannot do; it is what we ask for that counts.
    for (const work of [
      () => through.putFile("small", small),
      () => through.putFile("large", large),
      () => through.putIfAbsent("absent", "x"),
    ]) {
      await work().catch(() => {});
    }
    const begun = proxy.seen.filter(
      ({ method, path }) => (method === "PUT" && !path.includes("partNumber")) || path.includes("?uploads"),
    );
    expect(begun).toHaveLength(3);
    for (const { headers } of begun) {
      const asked = Object.entries(headers).filter(([name]) => name.startsWith("x-amz-server-side"));
      expect(Object.fromEntries(asked)).toEqual(expected);
    }
  });

  it("gives a link that a browser follows without a sign-in, for one file, under its name, for a time", async () => {
    await store.putIfAbsent("linked/matrix-1.parquet", "PAR1");
    await store.putIfAbsent("linked/other", "secret");
    const as = { name: "mart-v2026.11-matrix.parquet", contentType: "application/vnd.apache.parquet" };
    const link = (await store.link("linked/matrix-1.parquet", as)) ?? "";
    const answer = await fetch(link);
    expect(await answer.text()).toBe("PAR1");
    expect(answer.headers.get("content-disposition")).toBe(
      'attachment; filename="mart-v2026.11-matrix.parquet"',
    );
    expect(answer.headers.get("content-type")).toBe("application/vnd.apache.parquet");
    expect(link).not.toContain(server.secretKey);
    expect(new URL(link).searchParams.get("X-Amz-Expires")).toBe("300");

    const another = link.replace("matrix-1.parquet", "other");
    const renamed = link.replace("mart-v2026.11", "mart-v2027.11");
    for (const forged of [another, renamed]) {
      expect(forged).not.toBe(link);
      expect((await fetch(forged)).status).toBe(403);
    }
    expect((await fetch(link, { method: "PUT", body: "x" })).status).toBe(403);
    await expect(store.link("linked/none", as)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("gives links that end", async () => {
    const brief = s3Store(s3SettingsOf(server, { linkSeconds: 1 }));
    await brief.putIfAbsent("brief", "x");
    const link = (await brief.link("brief", { name: "x", contentType: "text/plain" })) ?? "";
    await expect.poll(async () => (await fetch(link)).status, { timeout: 20_000, interval: 300 }).toBe(403);
  });
});
