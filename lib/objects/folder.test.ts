import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
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

async function localFile(content: string): Promise<string> {
  const file = path.join(folder, "local");
  await writeFile(file, content);
  return file;
}

it("puts, replaces, reads and streams a file", async () => {
  expect(await store.exists("a/b/c.txt")).toBe(false);
  await store.putFile("a/b/c.txt", await localFile("first"));
  await store.putFile("a/b/c.txt", await localFile("second"));
  expect(await store.exists("a/b/c.txt")).toBe(true);
  expect(Buffer.from(await store.get("a/b/c.txt")).toString()).toBe("second");
  const { body, bytes } = await store.stream("a/b/c.txt");
  expect(await new Response(body).text()).toBe("second");
  expect(bytes).toBe(6);
  expect(await readFile(store.locate("a/b/c.txt"), "utf8")).toBe("second");
  expect(await readdir(path.join(root, "a", "b"))).toEqual(["c.txt"]);
});

it("has nothing at a folder, below a file, or where nothing was put", async () => {
  await store.putFile("a/file", await localFile("x"));
  for (const key of ["a", "a/file/below", "none", "x".repeat(255)]) {
    expect(await store.exists(key)).toBe(false);
    await expect(store.get(key)).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(store.stream(key)).rejects.toMatchObject({ code: "NOT_FOUND" });
  }
});

it("has exactly one winner of 20 that put at once", async () => {
  const won = await Promise.all(
    Array.from({ length: 20 }, (_, index) => store.putIfAbsent("race/manifest.json", `body ${index}`)),
  );
  expect(won.filter(Boolean)).toHaveLength(1);
  const body = Buffer.from(await store.get("race/manifest.json")).toString();
  expect(body).toBe(`body ${won.indexOf(true)}`);
  expect(await store.putIfAbsent("race/manifest.json", "later")).toBe(false);
  expect(await readdir(path.join(root, "race"))).toEqual(["manifest.json"]);
});

it("leaves the earlier file and no litter when a put fails", async () => {
  await store.putFile("a/b", await localFile("kept"));
  await expect(store.putFile("a/b", path.join(folder, "missing"))).rejects.toThrow();
  expect(Buffer.from(await store.get("a/b")).toString()).toBe("kept");
  expect(await readdir(path.join(root, "a"))).toEqual(["b"]);
});

it.each([
  "",
  "/etc/passwd",
  "..",
  "a/../b",
  "../a",
  "a/./b",
  "a//b",
  "a/",
  "a\\b",
  "a\0b",
  "a\nb",
  ".hidden",
  "a/.x",
  "é".repeat(128),
  "a/".repeat(600),
])("refuses the key %j", async (key) => {
  expect(() => store.locate(key)).toThrow(expect.objectContaining({ code: "BAD_INPUT" }));
  for (const attempt of [
    () => store.putIfAbsent(key, "x"),
    () => store.putFile(key, "x"),
    () => store.get(key),
    () => store.stream(key),
    () => store.exists(key),
  ]) {
    await expect(attempt()).rejects.toMatchObject({ code: "BAD_INPUT" });
  }
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

it("removes all below a prefix and nothing beside it", async () => {
  for (const key of ["a/b/1", "a/b/c/2", "a/bc", "a/d"]) await store.putIfAbsent(key, key);
  await store.removeAll("a/b");
  await store.removeAll("a/b");
  await store.removeAll("never/was");
  const left = await Promise.all(["a/b/1", "a/b/c/2", "a/bc", "a/d"].map((key) => store.exists(key)));
  expect(left).toEqual([false, false, true, true]);
  await expect(store.removeAll("../..")).rejects.toMatchObject({ code: "BAD_INPUT" });
});
