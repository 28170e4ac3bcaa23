import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

/**
 * A file that is read only when it is whole and is what was asked for. `<name>.seal.json` holds the key that it was made
 * for and the SHA-256 that is also in the file's name, so that two processes writing at once leave one seal and the
 * file it speaks of, whichever came last.
 */
const sealSchema = z.object({ key: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });

/** The path of the sealed file; null when there is none, it was made for another key, or a byte of it changed. */
export async function openSealed(directory: string, name: string, key: string): Promise<string | null> {
  try {
    const seal = sealSchema.parse(JSON.parse(await readFile(sealPath(directory, name), "utf8")));
    if (seal.key !== key) return null;
    const file = contentPath(directory, name, seal.sha256);
    return sha256(await readFile(file)) === seal.sha256 ? file : null;
  } catch {
    return null;
  }
}

/** `write` makes the content under the path it is given; then file and seal are renamed into place, in this order. */
export async function saveSealed(
  directory: string,
  name: string,
  key: string,
  write: (file: string) => Promise<void>,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const draft = path.join(directory, `${name}.${randomUUID()}.tmp`);
  try {
    await write(draft);
    const hash = sha256(await readFile(draft));
    await rename(draft, contentPath(directory, name, hash));
    await writeFile(draft, JSON.stringify({ key, sha256: hash }));
    await rename(draft, sealPath(directory, name));
    await removeOthers(directory, name, hash);
  } finally {
    await rm(draft, { force: true });
  }
}

/** A reader that loses its file to this rebuilds: it never reads another's. */
async function removeOthers(directory: string, name: string, keep: string): Promise<void> {
  const isContent = (file: string) => file.startsWith(`${name}.`) && /\.[0-9a-f]{64}$/.test(file);
  const others = (await readdir(directory)).filter((file) => isContent(file) && !file.endsWith(keep));
  await Promise.all(others.map((file) => rm(path.join(directory, file), { force: true })));
}

const sealPath = (directory: string, name: string) => path.join(directory, `${name}.seal.json`);
const contentPath = (directory: string, name: string, hash: string) =>
  path.join(directory, `${name}.${hash}`);
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
