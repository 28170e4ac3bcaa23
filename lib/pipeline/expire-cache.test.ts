import { mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { expireCache } from "./expire-cache";

it("removes what no reader touched for 90 days, and nothing of anybody else", async () => {
  const folder = await temporaryFolder();
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const now = new Date("2026-11-01T00:00:00Z");
  const touched = {
    "logs/m-clickstream-old.duckdb": 91,
    "logs/m-clickstream-new.duckdb": 89,
    "cache/maps/old": 400,
    "cache/maps/new": 0,
    "vectors/old": 400,
  };
  for (const [name, days] of Object.entries(touched)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, "kept");
    const time = new Date(now.getTime() - days * 86_400_000);
    await utimes(file, time, time);
  }
  expect(await expireCache(folder, now)).toBe(2);
  const left = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = left.filter((entry) => entry.isFile()).map(({ name }) => name);
  expect(files.sort()).toEqual(["m-clickstream-new.duckdb", "new", "old"]);
  expect(await expireCache(path.join(folder, "not there"), now)).toBe(0);
});
