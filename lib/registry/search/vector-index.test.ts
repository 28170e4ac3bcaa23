import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openVectorIndex, scan } from "./vector-index";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), "index-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

/** Vectors of length one in eight dimensions, the same each time. */
function vectorsOf(count: number, twist = 1): Float32Array[] {
  return Array.from({ length: count }, (_, i) => {
    const raw = Array.from({ length: 8 }, (_, d) => Math.sin(twist * (i + 1) * (d + 1.7)));
    const length = Math.hypot(...raw);
    return Float32Array.from(raw, (x) => x / length);
  });
}

const open = (vectors: Float32Array[]) => openVectorIndex({ vectors, directory, name: "test" });
const contentFile = async () => {
  const name = (await readdir(directory)).find((file) => /\.[0-9a-f]{64}$/.test(file));
  return path.join(directory, name ?? "");
};
const sealFile = () => path.join(directory, "test.seal.json");

describe("openVectorIndex", () => {
  it("finds what an exact scan finds", async () => {
    const vectors = vectorsOf(2000);
    const index = await open(vectors);
    expect(index.description).toBe("HNSW");
    let agreed = 0;
    for (const query of vectorsOf(50, 1.3)) {
      const exact = new Set(scan(vectors, query, 10).map(({ item }) => item));
      agreed += index.nearest(query, 10).filter(({ item }) => exact.has(item)).length;
    }
    expect(agreed / 500).toBeGreaterThan(0.98);
  });

  it("gives cosines, best first, of accepted items only", async () => {
    const vectors = vectorsOf(100);
    const index = await open(vectors);
    const [first] = index.nearest(vectors[7] ?? new Float32Array(8), 3);
    expect(first?.item).toBe(7);
    expect(first?.cosine).toBeCloseTo(1, 4);
    const even = index.nearest(vectors[7] ?? new Float32Array(8), 5, (item) => item % 2 === 0);
    expect(even.every(({ item }) => item % 2 === 0)).toBe(true);
    expect(even.map(({ cosine }) => cosine)).toEqual(even.map(({ cosine }) => cosine).sort((a, b) => b - a));
  });

  it("opens the saved file the second time", async () => {
    await open(vectorsOf(50));
    const before = await stat(sealFile());
    await open(vectorsOf(50));
    expect((await stat(sealFile())).ino).toBe(before.ino);
  });

  it("builds anew for other vectors and leaves no old file behind", async () => {
    await open(vectorsOf(50));
    const old = await contentFile();
    await open(vectorsOf(50, 2));
    expect(await contentFile()).not.toBe(old);
    expect(await readdir(directory)).toHaveLength(2);
  });

  it.each<[string, () => Promise<void>]>([
    ["index cut short", async () => truncate(await contentFile(), 100)],
    ["index emptied", async () => truncate(await contentFile(), 0)],
    ["index gone", async () => rm(await contentFile())],
    ["index of noise", async () => writeFile(await contentFile(), Buffer.alloc(5000, 7))],
    [
      "index changed by a bit",
      async () => {
        const bytes = await readFile(await contentFile());
        bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
        await writeFile(await contentFile(), bytes);
      },
    ],
    ["seal emptied", async () => truncate(sealFile(), 0)],
    ["seal of another hash", async () => reseal({ sha256: "0".repeat(64) })],
    ["seal of another key", async () => reseal({ key: "other" })],
  ])("builds anew: %s", async (_, damage) => {
    const vectors = vectorsOf(50);
    await open(vectors);
    await damage();
    const index = await open(vectors);
    expect(index.nearest(vectors[3] ?? new Float32Array(8), 1)[0]?.item).toBe(3);
    const before = await stat(sealFile());
    await open(vectors);
    expect((await stat(sealFile())).ino).toBe(before.ino);
  });

  it("lets two open at once", async () => {
    const vectors = vectorsOf(300);
    const opened = await Promise.all([open(vectors), open(vectors), open(vectors)]);
    for (const index of opened) expect(index.nearest(vectors[9] ?? new Float32Array(8), 1)[0]?.item).toBe(9);
    const before = await stat(sealFile());
    await open(vectors);
    expect((await stat(sealFile())).ino).toBe(before.ino);
  });

  it("searches exactly, and says so, where the native library does not load", async () => {
    const vectors = vectorsOf(50);
    const load = () => Promise.reject(new Error("no addon"));
    const index = await openVectorIndex({ vectors, directory, name: "test", load });
    expect(index.description).toContain("exact search");
    expect(index.nearest(vectors[3] ?? new Float32Array(8), 2)[0]?.item).toBe(3);
    expect(await readdir(directory)).toEqual([]);
  });

  it("holds no vectors at all", async () => {
    const index = await open([]);
    expect(index.nearest(new Float32Array(8), 5)).toEqual([]);
  });
});

async function reseal(change: Record<string, string>): Promise<void> {
  const seal = JSON.parse(await readFile(sealFile(), "utf8"));
  await writeFile(sealFile(), JSON.stringify({ ...seal, ...change }));
}
