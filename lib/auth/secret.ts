import { randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

const held = new Map<string, Promise<string>>();

/** The data folder's own random secret, made on first use and readable by its owner alone. */
export function signingSecret(dataDir: string): Promise<string> {
  const known = held.get(dataDir) ?? readOrCreate(dataDir);
  held.set(dataDir, known);
  known.catch(() => held.delete(dataDir));
  return known;
}

async function readOrCreate(dataDir: string): Promise<string> {
  const file = path.join(dataDir, "secret");
  await mkdir(dataDir, { recursive: true });
  const draft = `${file}-${process.pid}-${randomBytes(4).toString("hex")}`;
  await writeFile(draft, randomBytes(32).toString("hex"), { mode: 0o600 });
  // A link appears whole and never replaces: of two processes that start at once, both read the first one's secret.
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await rm(draft);
  return readFile(file, "utf8");
}
