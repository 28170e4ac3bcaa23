import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Embedder } from "./port";
import { withVectorCache } from "./vector-cache";

let directory: string;
let embedded: string[];
/** Tells what it was asked for; a vector of the text's length and first letter. */
const counting: Embedder = {
  name: "counting",
  key: "counting",
  async embed(texts) {
    embedded.push(...texts);
    return texts.map((text) => Float32Array.of(text.length, text.charCodeAt(0)));
  },
};

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "vectors-"));
  embedded = [];
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const folder = () => path.join(directory, "counting");
const segment = async () => path.join(folder(), (await readdir(folder()))[0] ?? "");

it("embeds a text once, over restarts and changes", async () => {
  await withVectorCache(counting, directory).embed(["one", "two", "one"]);
  const vectors = await withVectorCache(counting, directory).embed(["two", "three", "one"]);
  expect(embedded).toEqual(["one", "two", "three"]);
  expect(vectors.map((vector) => [...vector])).toEqual([
    [3, 116],
    [5, 116],
    [3, 111],
  ]);
});

it("makes one file of many and tells how far it is", async () => {
  const texts = Array.from({ length: 600 }, (_, i) => `text ${i}`);
  const told: [number, number][] = [];
  await withVectorCache(counting, directory, (done, total) => told.push([done, total])).embed(texts);
  expect(told).toEqual([
    [256, 600],
    [512, 600],
    [600, 600],
  ]);
  expect(await readdir(folder())).toHaveLength(1);
  await withVectorCache(counting, directory).embed(texts);
  expect(embedded).toHaveLength(600);
});

it.each([
  ["cut short", async (file: string) => truncate(file, 20)],
  ["emptied", async (file: string) => truncate(file, 0)],
  [
    "changed by a byte",
    async (file: string) => {
      const bytes = await readFile(file);
      bytes[35] = (bytes[35] ?? 0) ^ 1;
      await writeFile(file, bytes);
    },
  ],
])("embeds again what a file held that was %s", async (_, damage) => {
  await withVectorCache(counting, directory).embed(["one"]);
  await damage(await segment());
  const [vector] = await withVectorCache(counting, directory).embed(["one"]);
  expect([...(vector ?? [])]).toEqual([3, 111]);
  expect(embedded).toEqual(["one", "one"]);
});

it("lets two write at once", async () => {
  const [a, b] = [withVectorCache(counting, directory), withVectorCache(counting, directory)];
  await Promise.all([a.embed(["one", "two"]), b.embed(["two", "three"])]);
  embedded = [];
  await withVectorCache(counting, directory).embed(["one", "two", "three"]);
  expect(embedded).toEqual([]);
});

it("keeps the vectors of each maker and model apart", async () => {
  await withVectorCache(counting, directory).embed(["one"]);
  await withVectorCache({ ...counting, key: "other" }, directory).embed(["one"]);
  expect(embedded).toEqual(["one", "one"]);
});

it("makes all again when the maker gives vectors of another length", async () => {
  await withVectorCache(counting, directory).embed(["one", "two"]);
  const longer: Embedder = {
    ...counting,
    async embed(texts) {
      embedded.push(...texts);
      return texts.map((text) => Float32Array.of(text.length, 0, 1));
    },
  };
  embedded = [];
  const vectors = await withVectorCache(longer, directory).embed(["one", "three"]);
  expect(vectors.map((vector) => [...vector])).toEqual([
    [3, 0, 1],
    [5, 0, 1],
  ]);
  expect(embedded).toEqual(["three", "one", "three"]);
});

it("keeps what was made before a maker failed", async () => {
  const texts = Array.from({ length: 600 }, (_, i) => `text ${i}`);
  const failing: Embedder = {
    ...counting,
    embed: async (part) =>
      part.includes("text 300") ? Promise.reject(new Error("down")) : counting.embed(part),
  };
  await expect(withVectorCache(failing, directory).embed(texts)).rejects.toThrow("down");
  embedded = [];
  await withVectorCache(counting, directory).embed(texts);
  expect(embedded).toHaveLength(600 - 256);
});
