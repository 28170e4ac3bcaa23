import os from "node:os";

/**
 * Does the work of every item, as many at once as there are processors, and gives the results in the items' order. The first
 * failure is thrown; work not yet begun is then left.
 */
export async function concurrently<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item, index);
  };
  try {
    await Promise.all(Array.from({ length: os.availableParallelism() }, worker));
  } finally {
    for (const _ of queue);
  }
  return results;
}
