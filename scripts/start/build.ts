import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { environmentWith } from "@/lib/config";
import { AppError } from "@/lib/errors";
import { withLock } from "@/lib/mart/lock";

export const nextProgram = path.join("node_modules", "next", "dist", "bin", "next");

const sources = ["app", "components", "agents", "lib", "db", "public"];
const settings = [
  "instrumentation.ts",
  "proxy.ts",
  "next.config.ts",
  "postcss.config.mjs",
  "tsconfig.json",
  "package-lock.json",
];
const stampFile = path.join(".next", "sources.sha256");
/** Not in `.next`, which a build clears. */
const lockFile = path.join("node_modules", ".cache", "pages.lock");

/** Builds the pages unless those in `.next` were made of the very same sources. Of several processes one builds, the others wait. */
export async function buildPages(note: (text: string) => void, signal: AbortSignal): Promise<void> {
  const hash = await hashOfSources();
  const isBuilt = async () => (await readFile(stampFile, "utf8").catch(() => "")) === hash;
  if (await isBuilt()) return note("unchanged");
  const build = async () => {
    if (await isBuilt()) return;
    signal.throwIfAborted();
    note("building, about a minute");
    await nextBuild(note, signal);
    // Only now: a build that was cut off must be done again.
    await writeFile(stampFile, hash);
  };
  await withLock(lockFile, build, {
    signal,
    onWait: () => note("another process builds them, waiting for it"),
  });
}

async function hashOfSources(): Promise<string> {
  const listed = await Promise.all(
    sources.map(async (folder) => {
      const names = await readdir(folder, { recursive: true }).catch(() => []);
      return names
        .filter((name) => path.extname(name) && !/\.test\.tsx?$/.test(name))
        .map((name) => path.join(folder, name));
    }),
  );
  const hash = createHash("sha256");
  for (const file of [...listed.flat().sort(), ...settings]) {
    const content = await readFile(file).catch(() => "");
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

function nextBuild(note: (text: string) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [nextProgram, "build"], {
      signal,
      stdio: ["ignore", "pipe", "pipe"],
      env: environmentWith({ NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production" }),
    });
    let said = "";
    const hear = (data: Buffer) => {
      said += data;
      const line = data.toString().trim().split("\n").at(-1)?.trim();
      if (line && process.stdout.isTTY) note(line);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("error", reject);
    child.on("close", (code, killedBy) => {
      if (code === 0) return resolve();
      console.error(`\n${said}`);
      reject(
        new AppError(
          "INTERNAL",
          `The pages could not be built (${killedBy ?? `exit ${code}`}); the reason stands above.`,
        ),
      );
    });
  });
}
