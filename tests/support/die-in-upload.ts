import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { expect } from "vitest";
import type { Viewer } from "@/lib/auth";
import { writtenFolder } from "./written-folder";

/**
 * Has another machine make a mart of an upload: a process with a data folder of its own, which is killed once the mart is there
 * to be seen, before its description is written. @returns that data folder
 */
export async function dieInUpload(of: { database: string; owner: Viewer; mart: string }): Promise<string> {
  const dataDir = await writtenFolder({ "shops.csv": "shop,rent\nA1,1\nB2,2\n" });
  const program = ["--import", "tsx", "tests/fixtures/die-in-upload.ts"];
  const child = spawn(
    process.execPath,
    [...program, of.database, of.owner.id, of.mart, path.join(dataDir, "shops.csv")],
    { stdio: ["ignore", "ignore", "inherit"], env: { ...process.env, DATA_DIR: dataDir } },
  );
  const [, killedBy] = await once(child, "exit");
  expect(killedBy).toBe("SIGKILL");
  return dataDir;
}
