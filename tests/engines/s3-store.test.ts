import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { type ObjectStore, s3Store } from "@/lib/objects";
import { objectStoreContract } from "@/tests/support/object-store-contract";
import { removeRemainsCases } from "@/tests/support/remove-remains-cases";
import { describeWith, freshS3 } from "./support/engines";
import type { S3Server } from "./support/object-server";
import { s3SettingsOf } from "./support/s3-store";

describeWith(["s3"], "a bucket, as every store,", () => {
  let server: S3Server;
  let folder: string;
  let store: ObjectStore;
  let count = 0;
  beforeAll(async () => {
    server = await freshS3();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "objects-"));
    store = s3Store(s3SettingsOf(server, { prefix: `team/case-${count++}` }));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  objectStoreContract(() => ({ store, folder }));
  removeRemainsCases(() => store);
});
