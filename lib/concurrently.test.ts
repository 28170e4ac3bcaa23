import { expect, it } from "vitest";
import { concurrently } from "./concurrently";

it("keeps the order of the items, whoever is done first", async () => {
  const slowestFirst = (n: number) => new Promise<number>((done) => setTimeout(() => done(n * n), 20 - n));
  expect(await concurrently([1, 2, 3, 4, 5, 6], slowestFirst)).toEqual([1, 4, 9, 16, 25, 36]);
  expect(await concurrently([], slowestFirst)).toEqual([]);
});

it("throws the first failure and begins nothing more", async () => {
  const begun: number[] = [];
  const work = async (n: number) => {
    begun.push(n);
    await Promise.resolve();
    if (n === 0) throw new Error("zero");
  };
  await expect(
    concurrently(
      Array.from({ length: 1000 }, (_, n) => n),
      work,
    ),
  ).rejects.toThrow("zero");
  expect(begun.length).toBeLessThan(100);
});
