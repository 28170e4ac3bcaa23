import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { ObjectStore } from "@/lib/objects";
import { type StepName, type StepParameters, type StepReport, stepKey } from "./steps";

/** What a step works with. It writes its files through `files` and returns its report; whoever runs it stores the report last. */
export interface StepContext {
  parameters: StepParameters;
  files: StepFiles;
  /** An empty folder of this run alone, removed afterwards. Large: engines spill here. */
  scratch: string;
  /** A line for the run's log, as things happen. */
  log(text: string): void;
  /** For a bar: of `total` parts `done` are finished, and this one is under way. */
  progress(label: string, done: number, total: number): void;
  signal: AbortSignal;
}

export interface StepFiles {
  /**
   * The local path of a file that a step of this stamp (or of `stamp`) wrote; not to be changed.
   * @throws AppError NOT_FOUND
   */
  read(step: StepName, file: string, stamp?: string): Promise<string>;
  /** Puts a local file under this step's name; it becomes part of the step's report. Returns its key in the object store. */
  write(file: string, localPath: string, rows?: number): Promise<string>;
  /** The same for a small value, as JSON. */
  writeJson(file: string, value: unknown): Promise<void>;
  /** What any run has kept under this name, for instance the hash of a question; null where nothing was. */
  cached(name: string): Promise<string | null>;
  /** Keeps a small text for later runs. What was kept under the name stays. */
  keep(name: string, text: string): Promise<void>;
  /** What was written so far. */
  readonly written: StepReport["files"];
}

/** The files of `step`, by way of the object store and a scratch folder. `mayWrite` throws where none may be written. */
export function stepFiles(
  store: ObjectStore,
  parameters: StepParameters,
  step: StepName,
  scratch: string,
  mayWrite: () => Promise<void> = async () => {},
): StepFiles {
  const written: StepReport["files"] = [];
  const brought = new Map<string, Promise<string>>();
  const files: StepFiles = {
    written,
    read: (of, file, stamp = parameters.stamp) => {
      const key = stepKey({ ...parameters, stamp }, of, file);
      const known = brought.get(key) ?? bring(store, key, path.join(scratch, "read", key));
      brought.set(key, known);
      return known;
    },
    write: async (file, localPath, rows) => {
      await mayWrite();
      const key = stepKey(parameters, step, file);
      await store.putFile(key, localPath);
      const { size } = await stat(localPath);
      const of = { name: file, rows: rows ?? null, bytes: size, sha256: await sha256(localPath) };
      const at = written.findIndex(({ name }) => name === file);
      if (at < 0) written.push(of);
      else written[at] = of;
      return key;
    },
    cached: async (name) => {
      const key = `cache/${name}`;
      return (await store.exists(key)) ? new TextDecoder().decode(await store.get(key)) : null;
    },
    keep: async (name, text) => {
      await store.putIfAbsent(`cache/${name}`, text);
    },
    writeJson: async (file, value) => {
      const local = path.join(scratch, file);
      // On one line: with a line for each of a million numbers it would be three times as large.
      await writeFile(local, `${JSON.stringify(value)}\n`);
      await files.write(file, local);
    },
  };
  return files;
}

async function bring(store: ObjectStore, key: string, localPath: string): Promise<string> {
  await mkdir(path.dirname(localPath), { recursive: true });
  await store.getFile(key, localPath);
  return localPath;
}

async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}
