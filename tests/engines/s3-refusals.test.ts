import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { AppError } from "@/lib/errors";
import { type ObjectStore, s3Store } from "@/lib/objects";
import { describeWith, freshS3 } from "./support/engines";
import { type FaultProxy, startFaultProxy } from "./support/fault-proxy";
import type { S3Server } from "./support/object-server";
import { s3Error, s3SettingsOf } from "./support/s3-store";
import { freePort } from "./support/server-process";

describeWith(["s3"], "a bucket that cannot be used says what to correct:", () => {
  let server: S3Server;
  let proxy: FaultProxy;
  let folder: string;
  let file: string;
  beforeAll(async () => {
    server = await freshS3();
    proxy = await startFaultProxy(server.url);
    folder = await mkdtemp(path.join(os.tmpdir(), "objects-"));
    file = path.join(folder, "file");
    await writeFile(file, "content");
  });
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const everything: [string, (store: ObjectStore) => Promise<unknown>][] = [
    ["putFile", (store) => store.putFile("a/b", file)],
    ["putIfAbsent", (store) => store.putIfAbsent("a/b", "x")],
    ["get", (store) => store.get("a/b")],
    ["getFile", (store) => store.getFile("a/b", path.join(folder, "brought"))],
    ["stream", (store) => store.stream("a/b")],
    ["exists", (store) => store.exists("a/b")],
    [
      "list",
      async (store) => {
        for await (const _ of store.list("a"));
      },
    ],
    ["removeAll", (store) => store.removeAll("a")],
    ["sweep", (store) => store.sweep(new Date())],
  ];

  async function expectEach(store: ObjectStore, sentence: RegExp): Promise<void> {
    for (const [name, work] of everything) {
      const error = (await work(store).then(
        () => `${name} succeeded`,
        (thrown) => thrown,
      )) as AppError;
      expect(error, name).toMatchObject({ code: "OBJECT_STORE_UNAVAILABLE", status: 503 });
      expect(error.message, name).toMatch(sentence);
      // What the server said is in the cause alone.
      expect(JSON.stringify([error.message, error.details])).not.toContain("vendor text");
      expect(error.cause).toBeInstanceOf(Error);
    }
  }

  it("a server that is down", async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const store = s3Store(s3SettingsOf(server, { endpoint }), { attempts: 2 });
    await expectEach(store, new RegExp(`${endpoint} does not answer.*S3_ENDPOINT`));
  });

  it("a server that accepts and stays silent", async () => {
    proxy.plan({ on: /./, fault: { kind: "silence" } });
    const store = s3Store(s3SettingsOf(server, { endpoint: proxy.url }), { attempts: 2, silence: 200 });
    await expectEach(store, /does not answer/);
  });

  it("an endpoint that is no object store", async () => {
    proxy.plan({ on: /./, fault: { kind: "answer", status: 200, body: { hello: "vendor text" } } });
    const store = s3Store(s3SettingsOf(server, { endpoint: proxy.url }), { attempts: 2 });
    for (const work of [() => store.get("a"), () => store.sweep(new Date())]) {
      await expect(work()).rejects.toMatchObject({
        code: "OBJECT_STORE_UNAVAILABLE",
        message: expect.stringMatching(/or not as one.*S3_ENDPOINT/),
      });
    }
  });

  it("a bucket that is not there", async () => {
    const store = s3Store(s3SettingsOf(server, { bucket: "no-such-bucket" }));
    await expectEach(store, /no bucket no-such-bucket at http.*S3_BUCKET/);
  });

  it("an access key that nobody knows, and a secret that is not its", async () => {
    const secretAccessKey = "not-the-secret-of-anyone";
    for (const accessKeyId of ["nobody", server.accessKey]) {
      const store = s3Store(s3SettingsOf(server, { credentials: { accessKeyId, secretAccessKey } }));
      await expectEach(store, /S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY/);
      const said = await store.get("a").catch((error: AppError) => JSON.stringify(error));
      expect(said).not.toContain(secretAccessKey);
    }
  });

  it("no credentials at all", async () => {
    for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"])
      vi.stubEnv(name, undefined);
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    vi.stubEnv("HOME", folder);
    try {
      await expectEach(s3Store(s3SettingsOf(server, { credentials: null })), /credentials.*or the role/);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it.each([
    ["AccessDenied", 403, /Grant it s3:ListBucket.*s3:PutObject/],
    ["KMS.DisabledException", 400, /S3_KMS_KEY_ID/],
    ["AuthorizationHeaderMalformed", 400, /S3_REGION/],
    ["ExpiredToken", 400, /credentials/],
    ["RequestTimeTooSkewed", 403, /clock/],
    ["InvalidBucketState", 409, /could not do what was asked/],
    ["InternalError", 500, /could not do what was asked/],
    ["SlowDown", 503, /could not do what was asked/],
  ])("%s", async (code, status, sentence) => {
    proxy.plan({ on: /./, fault: { kind: "answer", status, body: s3Error(code) } });
    const store = s3Store(s3SettingsOf(server, { endpoint: proxy.url }), { attempts: 1 });
    await expectEach(store, sentence);
  });
});
