import type { Cell } from "./port";

/** The rows of a stream; of those that take more than so many bytes as JSON the first ones, and no more is read. */
export async function takeRows(
  rows: AsyncIterable<Cell[]>,
  maximumBytes?: number,
): Promise<{ rows: Cell[][]; truncated?: true }> {
  const taken: Cell[][] = [];
  let bytes = 0;
  for await (const row of rows) {
    if (maximumBytes !== undefined) bytes += Buffer.byteLength(JSON.stringify(row));
    if (maximumBytes !== undefined && bytes > maximumBytes) return { rows: taken, truncated: true };
    taken.push(row);
  }
  return { rows: taken };
}
