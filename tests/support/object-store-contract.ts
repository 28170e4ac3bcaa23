import { randomBytes } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import type { ObjectStore } from "@/lib/objects";

/** What every store promises. `store` is empty at the start of each case; `folder` takes the case's local files. */
export function objectStoreContract(open: () => { store: ObjectStore; folder: string }): void {
  const localFile = async (content: string | Buffer): Promise<string> => {
    const file = path.join(open().folder, "local");
    await writeFile(file, content);
    return file;
  };
  const text = async (key: string) => Buffer.from(await open().store.get(key)).toString();

  it("puts, replaces, reads and streams a file", async () => {
    const { store } = open();
    expect(await store.exists("a/b/c.txt")).toBe(false);
    await store.putFile("a/b/c.txt", await localFile("first"));
    await store.putFile("a/b/c.txt", await localFile("second"));
    expect(await store.exists("a/b/c.txt")).toBe(true);
    expect(await text("a/b/c.txt")).toBe("second");
    const { body, bytes } = await store.stream("a/b/c.txt");
    expect(await new Response(body).text()).toBe("second");
    expect(bytes).toBe(6);
  });

  it("keeps every byte of an empty and of a large file", async () => {
    const { store, folder } = open();
    for (const content of [Buffer.alloc(0), randomBytes(19 * 1024 * 1024 + 1)]) {
      await store.putFile("large", await localFile(content));
      expect(content.equals(await store.get("large"))).toBe(true);
      const brought = path.join(folder, `brought-${content.length}`);
      await store.getFile("large", brought);
      expect(content.equals(await readFile(brought))).toBe(true);
      const { body, bytes } = await store.stream("large");
      expect(bytes).toBe(content.length);
      expect(content.equals(Buffer.from(await new Response(body).arrayBuffer()))).toBe(true);
    }
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("has nothing at a folder, below a file, or where nothing was put", async () => {
    const { store, folder } = open();
    await store.putFile("a/file", await localFile("x"));
    const as = { name: "x", contentType: "text/plain" };
    for (const key of ["a", "a/file/below", "none", "x".repeat(255)]) {
      expect(await store.exists(key)).toBe(false);
      await expect(store.get(key)).rejects.toMatchObject({ code: "NOT_FOUND" });
      await expect(store.stream(key)).rejects.toMatchObject({ code: "NOT_FOUND" });
      const brought = path.join(folder, "brought");
      await expect(store.getFile(key, brought)).rejects.toMatchObject({ code: "NOT_FOUND" });
      await expect(readFile(brought)).rejects.toThrow();
      const link = await store.link(key, as).catch((error) => error.code);
      expect([null, "NOT_FOUND"]).toContain(link);
    }
  });

  it("has exactly one winner of 20 that put at once", async () => {
    const { store } = open();
    const won = await Promise.all(
      Array.from({ length: 20 }, (_, index) => store.putIfAbsent("race/manifest.json", `body ${index}`)),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await text("race/manifest.json")).toBe(`body ${won.indexOf(true)}`);
    expect(await store.putIfAbsent("race/manifest.json", "later")).toBe(false);
    expect(await text("race/manifest.json")).toBe(`body ${won.indexOf(true)}`);
  });

  it("leaves the earlier file when a put fails", async () => {
    const { store, folder } = open();
    await store.putFile("a/b", await localFile("kept"));
    await expect(store.putFile("a/b", path.join(folder, "missing"))).rejects.toThrow();
    expect(await text("a/b")).toBe("kept");
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
    const { store } = open();
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

  it("takes names with spaces and signs of every kind", async () => {
    const { store } = open();
    const key = "ünïcode/a b+c&d=e%20f?g#h/'quoted' (1).txt";
    expect(await store.putIfAbsent(key, "x")).toBe(true);
    expect(await store.exists(key)).toBe(true);
    expect(await text(key)).toBe("x");
    await store.removeAll("ünïcode");
    expect(await store.exists(key)).toBe(false);
  });

  it("lists what is below a prefix and nothing beside it", async () => {
    const { store } = open();
    for (const key of ["a/b/1", "a/b/c/2", "a/bc"]) await store.putIfAbsent(key, key);
    const keys: string[] = [];
    for await (const { key, modified } of store.list("a/b")) {
      keys.push(key);
      // By another machine's clock, perhaps, and to the second.
      expect(Math.abs(Date.now() - modified.getTime())).toBeLessThan(600_000);
    }
    expect(keys.sort()).toEqual(["a/b/1", "a/b/c/2"]);
    for (const prefix of ["never/was", "a/b/1"]) for await (const found of store.list(prefix)) throw found;
  });

  it("removes all below a prefix and nothing beside it", async () => {
    const { store } = open();
    for (const key of ["a/b/1", "a/b/c/2", "a/bc", "a/d"]) await store.putIfAbsent(key, key);
    await store.removeAll("a/b");
    await store.removeAll("a/b");
    await store.removeAll("never/was");
    const left = await Promise.all(["a/b/1", "a/b/c/2", "a/bc", "a/d"].map((key) => store.exists(key)));
    expect(left).toEqual([false, false, true, true]);
    await expect(store.removeAll("../..")).rejects.toMatchObject({ code: "BAD_INPUT" });
  });
}
