import os from "node:os";

/**
 * Does the work of every item, so many at once (as many as there are processors, where not said), and gives the results in the
 * items' order. After a failure nothing more is begun; the first one is thrown once all that was under way is over.
 */
export async function concurrently<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
  atOnce = os.availableParallelism(),
): Promise<Result[]> {
  const results: Result[] = [];
  const failures: unknown[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) {
      try {
        results[index] = await work(item, index);
      } catch (thrown) {
        failures.push(thrown);
        for (const _ of queue);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failures.length > 0) throw failures[0];
  return results;
}
