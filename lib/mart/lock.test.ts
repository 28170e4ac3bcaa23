import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { withLock } from "./lock";

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => rm(folder, { recursive: true }));

it("is waited for, until the signal ends the waiting, and says so once", async () => {
  const file = path.join(folder, "work.lock");
  const stopping = new AbortController();
  const did: string[] = [];
  await withLock(file, async () => {
    const onWait = () => {
      did.push("waits");
      stopping.abort();
    };
    const waiting = withLock(file, async () => did.push("works"), { signal: stopping.signal, onWait });
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  });
  expect(did).toEqual(["waits"]);
  await withLock(file, async () => did.push("works"), { onWait: () => did.push("waits") });
  expect(did).toEqual(["waits", "works"]);
});
