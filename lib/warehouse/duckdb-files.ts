import { randomUUID } from "node:crypto";
import { rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { AppError } from "@/lib/errors";
import { type Engine, type EngineConnection, startEngine } from "./duckdb-engine";
import { type DuckDbLimits, limitSettings } from "./duckdb-limits";
import { quoteName, quoteText } from "./quote";

/** What an engine reads, and where it may write. */
interface Reach {
  file: string | null;
  directories: string[];
  /** Further files, by the name of their database. */
  attached: Record<string, string>;
}

interface OpenFile extends Reach {
  engine: Engine;
  spill: string;
}

/** Counted before the file is open, so that nobody closes it under one who waits. */
interface SharedFile {
  opening: Promise<OpenFile>;
  users: number;
}

/**
 * The engine's locks are the process's: closing a second instance of a file would drop the first one's. So there is one
 * instance per file, on `globalThis` because a bundler may load this module twice.
 */
const globals = globalThis as typeof globalThis & {
  duckDbFiles?: { reading: Map<string, SharedFile>; writing: Set<string> };
};
globals.duckDbFiles ??= { reading: new Map(), writing: new Set() };
const { reading, writing } = globals.duckDbFiles;

/**
 * The one engine that reads this file, or one of its own where there is no file; whoever got it calls `release` once.
 * @throws AppError MART_DAMAGED where the file is missing or unreadable
 */
export async function acquireForReading(
  reach: Reach,
  limits: DuckDbLimits,
): Promise<{ engine: Engine; release: () => Promise<void> }> {
  const { file, directories, attached } = reach;
  if (file === null) {
    const opened = await openReader(reach, limits);
    return { engine: opened.engine, release: () => close(opened) };
  }
  const damaged = (cause: unknown) =>
    new AppError("MART_DAMAGED", undefined, { details: { file: path.basename(file) }, cause });
  if (writing.has(path.resolve(file))) throw damaged(new Error("being written by this process"));
  const status = await stat(file).catch((cause) => Promise.reject(damaged(cause)));
  // By inode: a mart built again under the same name is another file.
  const key = `${status.dev}:${status.ino}`;
  const shared = reading.get(key) ?? { opening: openReader(reach, limits), users: 0 };
  reading.set(key, shared);
  shared.users++;
  try {
    const opened = await shared.opening;
    const isWithin =
      directories.every((directory) => opened.directories.includes(directory)) &&
      Object.entries(attached).every(([name, other]) => opened.attached[name] === other);
    if (!isWithin) {
      throw new AppError(
        "INTERNAL",
        "The mart is open in this process with other writable directories or files beside it. Close it first.",
      );
    }
    return { engine: opened.engine, release: () => release(key, shared) };
  } catch (cause) {
    await release(key, shared);
    throw cause instanceof AppError ? cause : damaged(cause);
  }
}

/**
 * The one engine that writes this file; `release` is to be called once it is closed.
 * @throws AppError MART_DAMAGED where it is being written already or cannot be opened
 */
export async function acquireForWriting(
  file: string,
  limits: DuckDbLimits,
): Promise<{ engine: Engine; connection: EngineConnection; release: () => void }> {
  const key = path.resolve(file);
  if (writing.has(key)) throw new AppError("MART_DAMAGED", "The mart's file is already being written.");
  writing.add(key);
  const release = () => void writing.delete(key);
  try {
    const engine = await startEngine(key, limitSettings(limits));
    const connection = await engine.connect();
    await connection.run("SET GLOBAL TimeZone = 'UTC'");
    return { engine, connection, release };
  } catch (cause) {
    release();
    throw new AppError("MART_DAMAGED", "The mart's file could not be opened for writing.", { cause });
  }
}

/** Its SQL reaches no other file than those in the directories, loads no extension and changes no setting. */
async function openReader(reach: Reach, limits: DuckDbLimits): Promise<OpenFile> {
  const { file, directories, attached } = reach;
  const engine = await startEngine(file, {
    ...(file ? { access_mode: "READ_ONLY" } : {}),
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    ...limitSettings(limits),
  });
  // The default, beside the file, would be shared with other processes that read it.
  const spill = path.join(directories[0] ?? os.tmpdir(), `.spill-${randomUUID()}`);
  try {
    const connection = await engine.connect();
    for (const [name, other] of Object.entries(attached)) {
      await connection.run(`ATTACH ${quoteText(other)} AS ${quoteName(name)} (READ_ONLY)`);
    }
    for (const setting of [
      "TimeZone = 'UTC'",
      `temp_directory = ${quoteText(limits.spill === false ? "" : spill)}`,
      `allowed_directories = [${directories.map(quoteText).join(", ")}]`,
      "enable_external_access = false",
      "lock_configuration = true",
    ]) {
      await connection.run(`SET GLOBAL ${setting}`);
    }
    connection.closeSync();
  } catch (thrown) {
    engine.closeSync();
    throw thrown;
  }
  return { ...reach, engine, spill };
}

async function release(key: string, shared: SharedFile): Promise<void> {
  shared.users--;
  if (shared.users > 0) return;
  reading.delete(key);
  const opened = await shared.opening.catch(() => null);
  if (opened) await close(opened);
}

async function close({ engine, spill }: OpenFile): Promise<void> {
  engine.closeSync();
  await rm(spill, { recursive: true, force: true });
}
