import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Embedder } from "./port";

/** How many new texts are embedded between two writes: what a crash can cost. */
const segmentSize = 256;
const keyBytes = 32;
/** A segment begins with the number of dimensions of its vectors. */
const headBytes = 4;

/**
 * The same embedder, with its vectors kept in a folder of its own within `directory`, by the hash of their texts: what was
 * embedded once, by any process, is never embedded again. Each write is a file of its own that is named by its hash, so that
 * processes cannot disturb each other and a damaged file is left out. Where the maker gives vectors of another length than
 * those kept, it has become another model: all are made again. `onProgress` hears how many of the new texts are done.
 */
export function withVectorCache(
  embedder: Embedder,
  directory: string,
  onProgress: (done: number, total: number) => void = () => {},
): Embedder {
  const folder = path.join(directory, embedder.key);
  const embedAll = async (
    texts: string[],
    signal?: AbortSignal,
    mayBeginAgain = true,
  ): Promise<Float32Array[]> => {
    const known = await readSegments(folder);
    const missing = [...new Set(texts)].filter((text) => !known.has(keyOf(text)));
    for (let at = 0; at < missing.length; at += segmentSize) {
      const part = missing.slice(at, at + segmentSize);
      const vectors = await embedder.embed(part, signal);
      const [kept] = known.values();
      if (kept && kept.length !== vectors[0]?.length) {
        if (!mayBeginAgain) throw new Error(`${embedder.name} gives vectors of several lengths.`);
        await rm(folder, { recursive: true, force: true });
        return embedAll(texts, signal, false);
      }
      const fresh = new Map(part.map((text, i) => [keyOf(text), vectors[i] as Float32Array]));
      await writeSegment(folder, fresh);
      for (const [key, vector] of fresh) known.set(key, vector);
      onProgress(Math.min(at + segmentSize, missing.length), missing.length);
    }
    if (missing.length > segmentSize) await compact(folder, known);
    return texts.map((text) => known.get(keyOf(text)) as Float32Array);
  };
  return { ...embedder, embed: embedAll };
}

/** Of one length: what is of another is left out. */
async function readSegments(directory: string): Promise<Map<string, Float32Array>> {
  const vectors = new Map<string, Float32Array>();
  let width = 0;
  for (const name of await segmentsOf(directory)) {
    const bytes = await readFile(path.join(directory, name)).catch(() => Buffer.alloc(0));
    if (sha256(bytes) !== path.parse(name).name || bytes.length < headBytes) continue;
    const dimensions = bytes.readUInt32LE(0);
    const recordBytes = keyBytes + 4 * dimensions;
    if ((width || dimensions) !== dimensions || (bytes.length - headBytes) % recordBytes !== 0) continue;
    width = dimensions;
    for (let at = headBytes; at < bytes.length; at += recordBytes) {
      // Copied out: the vectors must be aligned, and must not keep the whole file in memory.
      const vector = new Float32Array(
        bytes.buffer.slice(bytes.byteOffset + at + keyBytes, bytes.byteOffset + at + recordBytes),
      );
      vectors.set(bytes.toString("hex", at, at + keyBytes), vector);
    }
  }
  return vectors;
}

async function writeSegment(directory: string, vectors: Map<string, Float32Array>): Promise<string> {
  const records = [...vectors].flatMap(([key, vector]) => [
    Buffer.from(key, "hex"),
    Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength),
  ]);
  const head = Buffer.alloc(headBytes);
  head.writeUInt32LE([...vectors.values()][0]?.length ?? 0);
  const bytes = Buffer.concat([head, ...records]);
  await mkdir(directory, { recursive: true });
  const name = `${sha256(bytes)}.vectors`;
  const draft = path.join(directory, `${randomUUID()}.tmp`);
  await writeFile(draft, bytes);
  await rename(draft, path.join(directory, name));
  return name;
}

/** Many small files become one; a process that is reading them meanwhile embeds what it misses. */
async function compact(directory: string, vectors: Map<string, Float32Array>): Promise<void> {
  const before = await segmentsOf(directory);
  const kept = await writeSegment(directory, vectors);
  await Promise.all(
    before.filter((name) => name !== kept).map((name) => rm(path.join(directory, name), { force: true })),
  );
}

async function segmentsOf(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => []);
  return names.filter((name) => name.endsWith(".vectors")).sort();
}

const keyOf = (text: string) => sha256(Buffer.from(text, "utf8"));
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
