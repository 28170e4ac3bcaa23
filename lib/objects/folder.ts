import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, link, mkdir, open, readdir, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { AppError } from "@/lib/errors";
import { keyParts } from "./key";
import type { ObjectStore, StoredFile } from "./port";

/**
 * A store in a local folder, made on first use. A file is seen whole or not at all, also after a crash, and no key or
 * symbolic link leads out of the folder. The folder must be on one file system that has hard links.
 */
export function folderStore(root: string): ObjectStore {
  const locate = (key: string) => path.join(root, ...keyParts(key));
  return {
    label: root,
    locate,
    putFile: async (key, localPath) => {
      const target = await writable(root, locate(key));
      await withTemporary(target, async (temporary) => {
        await copyFile(localPath, temporary);
        await sync(temporary);
        await rename(temporary, target);
      });
    },
    putIfAbsent: async (key, body) => {
      const target = await writable(root, locate(key));
      return withTemporary(target, async (temporary) => {
        const file = await open(temporary, "wx");
        try {
          await file.writeFile(body);
          await file.sync();
        } finally {
          await file.close();
        }
        // Unlike rename, link refuses to replace: of two at once exactly one wins.
        return link(temporary, target).then(
          () => true,
          (error) => (error.code === "EEXIST" ? false : Promise.reject(error)),
        );
      });
    },
    get: async (key) => readFile(await readable(root, locate(key))),
    getFile: async (key, localPath) => {
      const file = await readable(root, locate(key));
      // On one disk a second name for the same bytes costs nothing, however large they are.
      await link(file, localPath).catch(() => copyFile(file, localPath));
    },
    stream: async (key) => {
      const file = await readable(root, locate(key));
      const body = Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
      return { body, bytes: (await stat(file)).size };
    },
    exists: async (key) => {
      const file = locate(key);
      return readable(root, file).then(
        () => true,
        (error) => (error instanceof AppError && error.code === "NOT_FOUND" ? false : Promise.reject(error)),
      );
    },
    list: (prefix) => listFolder(root, locate(prefix)),
    link: async () => null,
    sweep: (olderThan) => removeTemporaries(root, olderThan),
    removeAll: async (prefix) => {
      const folder = locate(prefix);
      if (!(await isThere(folder))) return;
      await refuseOutside(root, folder);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Makes the file's folder, which must not lead out of the root. */
async function writable(root: string, file: string): Promise<string> {
  const folder = path.dirname(file);
  await mkdir(root, { recursive: true });
  // The nearest folder that exists is looked at before anything is made below it.
  let existing = folder;
  while (!(await isThere(existing))) existing = path.dirname(existing);
  await refuseOutside(root, existing);
  await mkdir(folder, { recursive: true });
  return file;
}

async function readable(root: string, file: string): Promise<string> {
  if (!(await isThere(file)) || !(await stat(file)).isFile()) throw new AppError("NOT_FOUND");
  await refuseOutside(root, file);
  return file;
}

async function refuseOutside(root: string, place: string): Promise<void> {
  const inside = path.relative(await realpath(root), await realpath(place));
  if (inside === ".." || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside)) {
    throw new AppError("BAD_INPUT", "That name leads out of the store.");
  }
}

async function* listFolder(root: string, folder: string): AsyncGenerator<StoredFile> {
  if (!(await isThere(folder)) || !(await stat(folder)).isDirectory()) return;
  await refuseOutside(root, folder);
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isFile() || isTemporary(entry.name)) continue;
    const status = await stat(file).catch(() => null);
    if (status) yield { key: path.relative(root, file).split(path.sep).join("/"), modified: status.mtime };
  }
}

/** Every writer names its file `.….tmp` until it is whole. */
function isTemporary(name: string): boolean {
  return /^\..*\.tmp$/.test(name);
}

async function removeTemporaries(root: string, olderThan: Date): Promise<number> {
  if (!(await isThere(root))) return 0;
  let removed = 0;
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !isTemporary(entry.name)) continue;
    const file = path.join(entry.parentPath, entry.name);
    const status = await stat(file).catch(() => null);
    if (!status || status.mtime >= olderThan) continue;
    await rm(file, { force: true });
    removed++;
  }
  return removed;
}

async function isThere(place: string): Promise<boolean> {
  return stat(place).then(
    () => true,
    (error) => (["ENOENT", "ENOTDIR", "ENAMETOOLONG"].includes(error.code) ? false : Promise.reject(error)),
  );
}

async function withTemporary<T>(target: string, write: (temporary: string) => Promise<T>): Promise<T> {
  const folder = path.dirname(target);
  const temporary = path.join(folder, `.${randomUUID()}.tmp`);
  try {
    const result = await write(temporary);
    await sync(folder);
    return result;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function sync(place: string): Promise<void> {
  const handle = await open(place, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
