import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { folderStore } from "@/lib/objects";
import { removeRemainsCases } from "@/tests/support/remove-remains-cases";
import { removeRemains } from "./index";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), "remains-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe("the remains in a folder", () => removeRemainsCases(() => folderStore(root)));

it("leaves what is younger, also where the rest of it is older", async () => {
  const store = folderStore(root);
  const export1 = `exports/m/v2026.11/${"a".repeat(24)}`;
  for (const name of ["matrix.parquet", "dictionary.csv"])
    await store.putIfAbsent(`${export1}/${name}`, name);
  const yesterday = new Date(Date.now() - 86_400_000);
  await utimes(store.locate(`${export1}/matrix.parquet`), yesterday, yesterday);
  const anHourAgo = new Date(Date.now() - 3_600_000);
  expect(await removeRemains(store, anHourAgo)).toEqual({ uploads: 0, folders: 0 });
  await utimes(store.locate(`${export1}/dictionary.csv`), yesterday, yesterday);
  expect(await removeRemains(store, anHourAgo)).toEqual({ uploads: 0, folders: 1 });
});

it("counts the files that a writer had not finished", async () => {
  const store = folderStore(root);
  await store.putIfAbsent("previews/a", "x");
  await writeFile(path.join(root, "previews", ".begun.tmp"), "half");
  expect(await removeRemains(store, new Date(Date.now() - 60_000))).toEqual({ uploads: 0, folders: 0 });
  expect(await removeRemains(store, new Date(Date.now() + 60_000))).toEqual({ uploads: 1, folders: 0 });
  expect(await readdir(path.join(root, "previews"))).toEqual(["a"]);
});
