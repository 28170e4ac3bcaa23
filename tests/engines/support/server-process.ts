import { type ChildProcess, spawn } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

export interface ServerProcess {
  pid: number;
  /** SIGTERM, and after some seconds SIGKILL. */
  stop(): Promise<void>;
}

export interface ServerCommand {
  program: string;
  args: string[];
  env?: Record<string, string>;
  /** What it says goes there. */
  log: string;
  /** Answers with 200 once the server can be used. */
  readyUrl: string;
  /** Lives on when this process ends. */
  detached?: boolean;
}

/** Starts a server and waits until it can be used. @throws Error with what it said when it ends before */
export async function startServerProcess(command: ServerCommand): Promise<ServerProcess> {
  const { program, args, env = {}, log, readyUrl, detached = false } = command;
  const output = await open(log, "a", 0o600);
  const child = spawn(program, args, {
    stdio: ["ignore", output.fd, output.fd],
    env: { ...process.env, ...env },
    detached,
  });
  const failed = new Promise<Error>((resolve) => child.on("error", resolve));
  await output.close();
  const kill = () => void child.kill("SIGKILL");
  if (detached) child.unref();
  else process.once("exit", kill);
  const stop = async () => {
    process.removeListener("exit", kill);
    await end(child);
  };
  for (let waited = 0; waited < 60_000; waited += 100) {
    if (await answers(readyUrl)) return { pid: child.pid ?? 0, stop };
    if (child.exitCode !== null || child.signalCode !== null) break;
    const error = await Promise.race([failed, delay(100, null)]);
    if (error) throw error;
  }
  await stop();
  const said = (await readFile(log, "utf8")).trim().split("\n").slice(-10).join("\n");
  throw new Error(`${program} did not start:\n${said}`);
}

export function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(5000) }).then(
    (response) => response.ok,
    () => false,
  );
}

/** Any free port of the loopback interface. */
export async function freePort(): Promise<number> {
  return (await tryPort(0)) ?? 0;
}

/** This port, or any other when it is taken. */
export async function portOr(wanted: number): Promise<number> {
  return (await tryPort(wanted)) ?? freePort();
}

function tryPort(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(null));
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : null));
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const insist = setTimeout(() => child.kill("SIGKILL"), 5000);
  await ended;
  clearTimeout(insist);
}
