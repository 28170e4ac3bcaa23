import { createHash } from "node:crypto";

/** A vector that is near that of another text when they share words; the same each time. */
export function hashedVector(text: string, dimensions: number, bias = 0): number[] {
  const vector = new Array<number>(dimensions).fill(bias);
  for (const word of text.toLowerCase().match(/[a-z]+|\d+/g) ?? []) {
    const at = createHash("sha256").update(word).digest().readUInt32BE(0) % dimensions;
    vector[at] = (vector[at] ?? 0) + 1;
  }
  return vector;
}
