import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { environmentWith } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { nextProgram } from "./build";

export interface WebServer {
  url: string;
  /** Settles when the server has ended by itself: with its exit code. */
  ended: Promise<number>;
  /** Asks it to end, and after ten seconds makes it. */
  stop(): Promise<void>;
}

/** Starts the web server as a child process and waits until it answers. */
export async function serve(options: {
  development: boolean;
  host: string;
  port: number;
  signal: AbortSignal;
}): Promise<WebServer> {
  const { development, host, port, signal } = options;
  const args = [nextProgram, development ? "dev" : "start", "--hostname", host, "--port", String(port)];
  const child = spawn(process.execPath, args, {
    // What it says about itself goes to the log's stream; the address is told once it answers.
    // By the channel it notices when we are killed, and ends too: see instrumentation.ts.
    stdio: ["ignore", development ? "inherit" : "ignore", "inherit", "ipc"],
    env: environmentWith({
      NEXT_TELEMETRY_DISABLED: "1",
      NODE_ENV: development ? "development" : "production",
    }),
  });
  const ended = new Promise<number>((resolve) => child.on("exit", (code) => resolve(code ?? 1)));
  const url = `http://${isEverywhere(host) ? "localhost" : host.includes(":") ? `[${host}]` : host}:${port}`;
  const server = { url, ended, stop: () => stop(child, ended) };
  await answers(server, signal).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  return server;
}

async function answers({ url, ended }: WebServer, signal: AbortSignal): Promise<void> {
  let isOver = false;
  ended.then(() => {
    isOver = true;
  });
  while (!isOver) {
    signal.throwIfAborted();
    const status = await fetch(url, { redirect: "manual" }).then(
      (response) => response.status,
      () => 0,
    );
    if (status > 0) return;
    await delay(200);
  }
  throw new AppError("INTERNAL", "The web server ended before it answered. What it said stands above.");
}

async function stop(child: ChildProcess, ended: Promise<number>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const patience = new AbortController();
  const insist = delay(10_000, undefined, { signal: patience.signal }).then(
    () => child.kill("SIGKILL"),
    () => {},
  );
  await ended;
  patience.abort();
  await insist;
}

function isEverywhere(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}
