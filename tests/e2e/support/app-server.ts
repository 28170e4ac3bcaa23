import { type ChildProcess, execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { environmentWith } from "@/lib/config";

export interface AppServer {
  url: string;
  port: string;
  /** Ends the web server and what started it as a power cut would: no process gets to say goodbye. */
  kill(): Promise<void>;
  /** As Ctrl-C does. */
  stop(): Promise<void>;
}

/** `npm start` on a data folder of its own; resolves once the address is printed. */
export async function startApp(settings: {
  dataDir: string;
  port?: string;
  sellers?: number;
}): Promise<AppServer> {
  const child = spawn(process.execPath, ["--import", "tsx", "scripts/start.ts"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: environmentWith({
      NODE_ENV: "production",
      VITEST: "",
      HOST: "127.0.0.1",
      PORT: settings.port ?? "0",
      DATA_DIR: settings.dataDir,
      DATABASE_URL: "",
      PLANNER: "offline",
      MART_SELLERS: String(settings.sellers ?? 200),
    }),
  });
  const url = await addressOf(child);
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    url,
    port: new URL(url).port,
    async kill() {
      const servers = await childrenOf(child.pid as number, "next");
      child.kill("SIGKILL");
      for (const pid of servers) process.kill(pid, "SIGKILL");
      await ended;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const hear = (data: Buffer) => {
      said += data;
      const address = /Agentic Feature Mart is at (http\S+)/.exec(said)?.[1];
      if (address) resolve(address.replace(/\/$/, ""));
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("exit", (code) => reject(new Error(`The app ended with ${code}:\n${said.slice(-4000)}`)));
  });
}

/** The processes below `pid` whose command line has the word: the embedded database is below it too, and is spared. */
async function childrenOf(pid: number, word: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid=,args="]);
  const processes = stdout
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, id, parent, args = ""]) => ({ id: Number(id), parent: Number(parent), args }));
  const below = (parent: number): number[] =>
    processes
      .filter((one) => one.parent === parent)
      .flatMap((one) => [...(one.args.includes(word) ? [one.id] : []), ...below(one.id)]);
  return below(pid);
}
