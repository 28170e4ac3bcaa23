import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { isDiskFull } from "@/lib/disk-full";
import { AppError } from "@/lib/errors";
import { giveTo, type Home } from "./home";

export async function hasCluster(home: Home): Promise<boolean> {
  return stat(path.join(home.cluster, "pgdata")).then(
    () => true,
    () => false,
  );
}

/** Makes a cluster aside and moves it into place, so that of two processes one wins. */
export async function createCluster(home: Home): Promise<void> {
  await mkdir(path.dirname(home.cluster), { recursive: true });
  const draft = await mkdtemp(`${home.cluster}-`);
  try {
    await chmod(draft, 0o711);
    const password = path.join(draft, "password");
    const data = path.join(draft, "pgdata");
    await writeFile(password, randomBytes(24).toString("hex"), { mode: 0o600 });
    await mkdir(data, { mode: 0o700 });
    await Promise.all([giveTo(home, password), giveTo(home, data)]);
    await run(home, "initdb", [
      `--pgdata=${data}`,
      `--username=${user}`,
      `--pwfile=${password}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      // Loopback only, and no socket file that a path limit or another server could get in the way of.
      "--set=listen_addresses=127.0.0.1",
      "--set=unix_socket_directories=",
      "--set=log_checkpoints=off",
    ]);
    await rename(draft, home.cluster);
  } catch (error) {
    if (!(await hasCluster(home))) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Starts the server on a free port of the loopback interface, as a process of its own that outlives ours. */
export async function startServer(home: Home, settings: Record<string, string>): Promise<void> {
  const flags = Object.entries({ port: await freePort(), ...settings }).map(
    ([name, value]) => `-c ${name}=${value}`,
  );
  const data = path.join(home.cluster, "pgdata");
  const log = path.join(data, "server.log");
  await run(home, "pg_ctl", ["start", "-w", "-s", "-t", "60", "-D", data, "-l", log, "-o", flags.join(" ")]);
}

/** Stops the server, ending its sessions; nothing happens when it is not running. */
export async function stopServer(home: Home): Promise<void> {
  if (!(await readPostmaster(home))) return;
  await run(home, "pg_ctl", ["stop", "-w", "-s", "-m", "fast", "-D", path.join(home.cluster, "pgdata")]);
}

/** The address of the server that says it runs in this home; null when none does. It may not answer yet, or any more. */
export async function serverUrl(home: Home): Promise<string | null> {
  const postmaster = await readPostmaster(home);
  if (!postmaster) return null;
  const password = await readFile(path.join(home.cluster, "password"), "utf8");
  return `postgres://${user}:${password}@127.0.0.1:${postmaster.port}/postgres`;
}

/**
 * After a crash of the machine or a restart of a container the pid file may name a process that is not PostgreSQL;
 * the server would then refuse to start.
 */
export async function removeStalePidFile(home: Home): Promise<void> {
  const postmaster = await readPostmaster(home);
  if (!postmaster || process.platform !== "linux") return;
  const command = await readFile(`/proc/${postmaster.pid}/cmdline`, "utf8").catch(() => "");
  if (!command.includes("postgres")) await rm(pidFile(home), { force: true });
}

const user = "feature_mart";

async function readPostmaster(home: Home): Promise<{ pid: number; port: number } | null> {
  const lines = (await readFile(pidFile(home), "utf8").catch(() => "")).split("\n");
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 && port > 0 ? { pid, port } : null;
}

function pidFile(home: Home): string {
  return path.join(home.cluster, "pgdata", "postmaster.pid");
}

/** Runs one of PostgreSQL's programs to its end. */
function run(home: Home, program: "initdb" | "pg_ctl", args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(path.join(home.native, "bin", program), args, {
      // PostgreSQL's programs want to be able to enter the folder that they are started in.
      cwd: "/",
      stdio: ["ignore", "ignore", "pipe"],
      ...home.account,
    });
    let said = "";
    child.stderr?.on("data", (data) => {
      said += data;
    });
    const fail = (cause: unknown) =>
      reject(
        isDiskFull(cause)
          ? new AppError("DISK_FULL", undefined, { cause })
          : new AppError("DATABASE_UNAVAILABLE", "The embedded PostgreSQL did not start.", { cause }),
      );
    child.on("error", fail);
    // Not `close`: the server may keep the pipe open.
    child.on("exit", (code) => (code === 0 ? resolve() : fail(new Error(`${program}: ${said.trim()}`))));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
