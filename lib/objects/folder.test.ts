import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { objectStoreContract } from "@/tests/support/object-store-contract";
import { folderStore, type ObjectStore } from "./index";

let folder: string;
let root: string;
let store: ObjectStore;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "objects-"));
  root = path.join(folder, "not", "yet", "there");
  store = folderStore(root);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a folder, as every store,", () => objectStoreContract(() => ({ store, folder })));

async function localFile(content: string): Promise<string> {
  const file = path.join(folder, "local");
  await writeFile(file, content);
  return file;
}

it("leaves no litter, whether a put succeeds, comes too late or fails", async () => {
  await store.putFile("a/b", await localFile("kept"));
  await store.putFile("a/b", await localFile("kept"));
  await store.putIfAbsent("a/b", "late");
  await expect(store.putFile("a/b", path.join(folder, "missing"))).rejects.toThrow();
  expect(await readFile(store.locate("a/b"), "utf8")).toBe("kept");
  expect(await readdir(path.join(root, "a"))).toEqual(["b"]);
});

it("follows no symbolic link out of the folder", async () => {
  const outside = path.join(folder, "outside");
  await mkdir(outside);
  await writeFile(path.join(outside, "secret"), "secret");
  await mkdir(root, { recursive: true });
  await symlink(outside, path.join(root, "link"));
  await symlink(path.join(outside, "secret"), path.join(root, "file"));
  const local = await localFile("x");
  for (const attempt of [
    () => store.get("link/secret"),
    () => store.get("file"),
    () => store.stream("link/secret"),
    () => store.exists("link/secret"),
    () => store.putIfAbsent("link/new", "x"),
    () => store.putIfAbsent("link/deep/new", "x"),
    () => store.putFile("link/secret", local),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: "BAD_INPUT" });
  }
  expect(await readdir(outside)).toEqual(["secret"]);
});

it("works in a folder that is itself reached by a link", async () => {
  await mkdir(path.join(folder, "real"));
  await symlink(path.join(folder, "real"), path.join(folder, "alias"));
  const linked = folderStore(path.join(folder, "alias"));
  expect(await linked.putIfAbsent("a", "x")).toBe(true);
  expect(await readFile(path.join(folder, "real", "a"), "utf8")).toBe("x");
});
