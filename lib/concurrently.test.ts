import { expect, it } from "vitest";
import { concurrently } from "./concurrently";

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

it("keeps the order of the items, whoever is done first", async () => {
  const slowestFirst = (n: number) => new Promise<number>((done) => setTimeout(() => done(n * n), 20 - n));
  expect(await concurrently([1, 2, 3, 4, 5, 6], slowestFirst)).toEqual([1, 4, 9, 16, 25, 36]);
  expect(await concurrently([], slowestFirst)).toEqual([]);
});

it("has no more at work than it may", async () => {
  let [now, most] = [0, 0];
  const work = async () => {
    most = Math.max(most, ++now);
    await new Promise(setImmediate);
    now--;
  };
  await concurrently(numbers(20), work, 3);
  expect(most).toBe(3);
  await concurrently(numbers(2), work, 5);
  expect(most).toBe(3);
});

it("throws the first failure, begins nothing more, and leaves nothing under way", async () => {
  const begun: number[] = [];
  const over: number[] = [];
  const work = async (n: number) => {
    begun.push(n);
    for (let turn = 0; turn < n; turn++) await new Promise(setImmediate);
    over.push(n);
    if (n === 1 || n === 2) throw new Error(`number ${n}`);
  };
  // The last of those at work fails first.
  await expect(concurrently([5, 2, 1, 0, 3], work, 3)).rejects.toThrow("number 1");
  expect(begun).toEqual([5, 2, 1]);
  expect(over.sort()).toEqual([1, 2, 5]);
});
