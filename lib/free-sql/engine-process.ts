import { type ChildProcessByStdio, spawn } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { Readable, Writable } from "node:stream";
import { AppError } from "@/lib/errors";
import type { BuildFile } from "@/lib/mart";
import type { Cell, QueryResult } from "@/lib/warehouse";
import { bytesOf } from "./memory";
import type { Answer, Task } from "./messages";
import { tooMuch } from "./too-much";

export interface EngineResult extends QueryResult {
  /** Of the statement itself, without the start of its process. */
  seconds: number;
}

/** An error of the engine's own, to be told by whoever knows the tables. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  constructor(
    /** The class of error: `Binder`, `Conversion` … */
    readonly kind: string,
    text: string,
  ) {
    super(text);
  }
}

const startSeconds = 60;
const watchEveryMs = 50;
/** Beyond the engine's own memory: its threads' stacks, the program that holds it. */
const besidesBytes = 64e6;

/**
 * Runs one statement over this build's file in a process of its own, which is killed once the statement is done, takes too much
 * time or memory, or is stopped; gives the result when that process is gone.
 * @throws EngineError; AppError SQL_LIMIT, QUERY_CANCELLED, QUERY_FAILED
 */
export async function runInProcess(
  file: BuildFile,
  task: Omit<Task, "file">,
  signal?: AbortSignal,
): Promise<EngineResult> {
  const place = await placeOf(file);
  if (signal?.aborted) throw new AppError("QUERY_CANCELLED");
  const child = startProgram(bytesOf(task.memory), file);
  const received = new Received(task.maximumBytes);
  let reason: AppError | null = null;
  const kill = (why: AppError | null) => {
    reason ??= why;
    child.kill("SIGKILL");
  };
  const gone = new Promise<string>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, killedBy) => resolve(killedBy ?? `exit code ${code}`));
  });
  const stop = () => kill(new AppError("QUERY_CANCELLED"));
  let timer = setTimeout(() => kill(notStarted()), startSeconds * 1000);
  let watch: NodeJS.Timeout | undefined;
  signal?.addEventListener("abort", stop, { once: true });
  let began = 0;
  let ended = 0;
  child.stdout.on("data", (data: Buffer) => {
    try {
      for (const answer of received.add(data)) {
        if (answer.type === "ready") {
          began = performance.now();
          clearTimeout(timer);
          timer = setTimeout(() => kill(tooMuch("time", `${task.seconds} s`)), task.seconds * 1000);
          watch = watchMemory(child.pid, bytesOf(task.memory) + besidesBytes, () =>
            kill(tooMuch("memory", task.memory)),
          );
        } else if (answer.type === "end" || answer.type === "error") {
          ended = performance.now();
          kill(null);
        }
      }
    } catch (thrown) {
      kill(failed("its answer cannot be read", thrown));
    }
  });
  // A child that died before it read its task: `close` tells.
  child.stdin.on("error", () => {});
  child.stdin.write(`${JSON.stringify({ ...task, file: place } satisfies Task)}\n`);
  const how = await gone;
  clearTimeout(timer);
  clearInterval(watch);
  signal?.removeEventListener("abort", stop);
  const { end, columns, rows } = received;
  if (end?.type === "end") {
    return { columns, rows, truncated: end.truncated, seconds: (ended - began) / 1000 };
  }
  if (end?.type === "error") throw told(end, task);
  // What cannot allocate any more ends itself with this signal.
  throw reason ?? (how === "SIGABRT" ? tooMuch("memory", task.memory) : failed(how));
}

function told(
  { code, kind, text }: Extract<Answer, { type: "error" }>,
  { memory }: Pick<Task, "memory">,
): Error {
  const error = new EngineError(kind, text);
  if (code !== "QUERY_FAILED") return new AppError(code, undefined, { cause: error });
  return kind === "Out of Memory" ? tooMuch("memory", memory, error) : error;
}

/**
 * Where a program finds the build that is meant, also when a newer one has its path: in the file that is handed to it open.
 * Windows has no such place, and lets no newer build take the path of a file that is open.
 */
async function placeOf({ path: named, held }: BuildFile): Promise<string> {
  if (process.platform === "linux") return "/proc/self/fd/3";
  if (process.platform === "win32") return named;
  const [own, there] = await Promise.all([
    held.stat().catch((thrown) => Promise.reject(closed(thrown))),
    stat(named).catch(() => null),
  ]);
  return there?.ino === own.ino && there.dev === own.dev ? named : "/dev/fd/3";
}

/** With nothing of our environment, so that no secret is in its reach; where there is a shell, with limits of the system's. */
function startProgram(memoryBytes: number, { held }: BuildFile) {
  // A number that is free again may be another file's.
  if (held.fd < 0) throw closed();
  const program = path.join("lib", "free-sql", "program.ts");
  const args = ["--max-old-space-size=256", "--import", "tsx", program];
  const kilobytes = Math.round(memoryBytes / 1024) + 1024 * 1024;
  const [command, ...rest] =
    process.platform === "win32"
      ? [process.execPath, ...args]
      : [
          "/bin/sh",
          "-c",
          'ulimit -c 0; ulimit -d "$0" 2>/dev/null; exec "$@"',
          `${kilobytes}`,
          process.execPath,
          ...args,
        ];
  return spawn(command ?? process.execPath, rest, {
    cwd: process.cwd(),
    env: {} as NodeJS.ProcessEnv,
    stdio: ["pipe", "pipe", "ignore", held.fd],
  }) as ChildProcessByStdio<Writable, Readable, null>;
}

/** The lines of the program's answer so far, and the rows in them. */
class Received {
  columns: QueryResult["columns"] = [];
  rows: Cell[][] = [];
  end: Extract<Answer, { type: "end" | "error" }> | null = null;
  private rest = "";
  private bytes = 0;
  private readonly decoder = new TextDecoder();

  constructor(private readonly limit: number) {}

  /** @throws Error where it is more than was asked for, or cannot be read */
  add(data: Buffer): Answer[] {
    this.bytes += data.length;
    // Each row comes with some words around it; the program itself counts its rows.
    if (this.bytes > 4 * this.limit + 1e6) throw new Error("more than was asked for");
    const lines = (this.rest + this.decoder.decode(data, { stream: true })).split("\n");
    this.rest = lines.pop() ?? "";
    return lines.map((line) => this.take(JSON.parse(line) as Answer));
  }

  private take(answer: Answer): Answer {
    if (answer.type === "columns") this.columns = answer.columns;
    if (answer.type === "row") this.rows.push(answer.row);
    if (answer.type === "end" || answer.type === "error") this.end = answer;
    return answer;
  }
}

/** Some functions take memory that the engine does not count. Read from the system, where it tells. */
function watchMemory(
  pid: number | undefined,
  moreBytes: number,
  exceeded: () => void,
): NodeJS.Timeout | undefined {
  let first: number | null = null;
  return setInterval(async () => {
    const now = await residentBytes(pid);
    if (now === null) return;
    first ??= now;
    if (now > Math.min(first, 400e6) + moreBytes) exceeded();
  }, watchEveryMs);
}

async function residentBytes(pid: number | undefined): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  const kilobytes = /^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1];
  return kilobytes ? Number(kilobytes) * 1024 : null;
}

function failed(how: string, cause: unknown = new Error(how)) {
  const sentence = "The engine ended in the middle of the statement. Try again, or ask for less.";
  return new AppError("QUERY_FAILED", sentence, { details: { kind: "Process" }, cause });
}

function notStarted() {
  const sentence = `The engine did not start within ${startSeconds} s: the machine has too much to do. Try again.`;
  return new AppError("QUERY_FAILED", sentence, { details: { kind: "Process" } });
}

function closed(cause?: unknown) {
  const sentence =
    "The mart has been built again since this was begun, and the build that it reads is closed. Ask again: the newest is read then.";
  return new AppError("QUERY_FAILED", sentence, { details: { kind: "Process" }, cause });
}
