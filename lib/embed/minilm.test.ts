import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { hasMiniLm, openMiniLm } from "./minilm";

const models = path.join(process.cwd(), "..", "shared", "models");

it("says when a folder has no model", () => {
  expect(hasMiniLm(tmpdir())).toBe(false);
});

describe.skipIf(!existsSync(models))("MiniLM (skipped where its files are not beside the project)", () => {
  it("embeds texts so that meaning decides", async () => {
    expect(hasMiniLm(models)).toBe(true);
    const model = await openMiniLm(models);
    const texts = ["how wealthy people are", "median household income", "rain and wind", "a", "b", "c"];
    const vectors = await model.embed(texts);
    expect(vectors).toHaveLength(6);
    expect(vectors.every((vector) => vector.length === 384)).toBe(true);
    expect(Math.hypot(...(vectors[0] ?? []))).toBeCloseTo(1, 3);
    const similar = (a: number, b: number) =>
      (vectors[a] ?? new Float32Array()).reduce((sum, x, i) => sum + x * (vectors[b]?.[i] ?? 0), 0);
    expect(similar(0, 1)).toBeGreaterThan(similar(0, 2) + 0.2);
    expect(await model.embed([])).toEqual([]);
  });
});
