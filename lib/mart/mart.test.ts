import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { buildThings } from "@/tests/support/things-mart";
import { buildFileOf, closeMarts, ensureMart, listMarts, openMart, placeOf, publishMart } from ".";
import { martFiles } from "./files";

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(os.tmpdir(), "marts-"));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await closeMarts();
  await rm(dataDir, { recursive: true, force: true });
});

async function publish(stamp: string, rows: number): Promise<void> {
  const file = buildFileOf(placeOf("things", dataDir), stamp);
  await buildThings(file, stamp, rows);
  await publishMart("things", stamp, file, { dataDir });
}

const count = async (stamp?: string) => {
  const { warehouse } = await openMart("things", { dataDir, ...(stamp ? { stamp } : {}) });
  return (await warehouse.query("select count(*) from THINGS")).rows[0]?.[0];
};

describe("openMart", () => {
  it("opens the current stamp, sees a new one at once, and still opens the old", async () => {
    await publish("v2026.10", 1);
    expect(await count()).toBe(1);
    await publish("v2026.11", 2);
    expect(await count()).toBe(2);
    expect(await count("v2026.10")).toBe(1);
    expect(await listMarts({ dataDir })).toEqual([{ name: "things", stamp: "v2026.11" }]);
  });

  it("takes nobody back to an old stamp that is published again", async () => {
    await publish("v2026.11", 2);
    await publish("v2026.10", 1);
    expect([await count(), await count("v2026.10")]).toEqual([2, 1]);
  });

  it("opens a file once, and again where it was built again under the same stamp", async () => {
    await publish("v2026.11", 2);
    const [first, second] = await Promise.all([
      openMart("things", { dataDir }),
      openMart("things", { dataDir }),
    ]);
    expect(second).toBe(first);
    await publish("v2026.11", 5);
    expect(await count()).toBe(5);
    // A turn that is under way keeps what it began with.
    expect((await first.warehouse.query("select count(*) from THINGS")).rows).toEqual([[2]]);
  });

  it("names the build that it gives, also where a newer one came between its look-up and its opening", async () => {
    await publish("v2026.11", 3);
    const find = martFiles.find;
    vi.spyOn(martFiles, "find").mockImplementationOnce(async (...asked) => {
      const found = await find(...asked);
      await publish("v2026.11", 5);
      return found;
    });
    const mart = await openMart("things", { dataDir });
    expect((await mart.warehouse.query("select count(*) from THINGS")).rows).toEqual([[5]]);
    expect(mart.build).toBe((await find(placeOf("things", dataDir))).build);
    expect(await openMart("things", { dataDir })).toBe(mart);
  });

  it("removes what a killed process left in the scratch folder, and nothing younger", async () => {
    await publish("v2026.11", 1);
    const { scratchDirectory } = placeOf("things", dataDir);
    await mkdir(scratchDirectory, { recursive: true });
    const daysAgo = new Date(Date.now() - 2 * 86_400_000);
    for (const name of ["matrix-old.parquet", "matrix-new.parquet", "replay-old.parquet"]) {
      await writeFile(path.join(scratchDirectory, name), "");
      if (name.includes("old")) await utimes(path.join(scratchDirectory, name), daysAgo, daysAgo);
    }
    await count();
    expect((await readdir(scratchDirectory)).sort()).toEqual(["matrix-new.parquet", "replay-old.parquet"]);
  });

  it("lets go of builds that no turn can still be using", async () => {
    await publish("v2026.11", 1);
    const first = await openMart("things", { dataDir });
    for (const rows of [2, 3]) {
      await publish("v2026.11", rows);
      expect(await count()).toBe(rows);
    }
    await expect(first.warehouse.query("select 1")).rejects.toMatchObject({ code: "QUERY_FAILED" });
  });

  it.each(["", "../things", "Things", "a".repeat(42), "a/b", "."])("refuses the name %j", async (name) => {
    await expect(openMart(name, { dataDir })).rejects.toMatchObject({ code: "MART_UNKNOWN" });
  });

  it("says what is not there, and what is damaged", async () => {
    await expect(openMart("things", { dataDir })).rejects.toMatchObject({ code: "MART_UNKNOWN" });
    await publish("v2026.11", 1);
    await expect(count("v2020.01")).rejects.toMatchObject({ code: "MART_UNKNOWN" });
    await expect(count("../../x")).rejects.toMatchObject({ code: "BAD_INPUT" });
    const { directory } = placeOf("things", dataDir);
    await rm(path.join(directory, "v2026.11.duckdb"));
    await expect(count()).rejects.toMatchObject({ code: "MART_DAMAGED" });
    await writeFile(path.join(directory, "v2026.11.duckdb"), "not a database at all");
    await expect(count()).rejects.toMatchObject({ code: "MART_DAMAGED" });
    await writeFile(path.join(directory, "current"), "");
    await expect(count()).rejects.toMatchObject({ code: "MART_DAMAGED" });
  });
});

describe("ensureMart", () => {
  const ensure = (work: (file: string) => Promise<void>) =>
    ensureMart("things", "v2026.11", work, { dataDir });

  it("builds once, however many ask at once", async () => {
    let builds = 0;
    const work = async (file: string) => {
      builds++;
      await sleep(100);
      await buildThings(file);
    };
    const built = await Promise.all(Array.from({ length: 5 }, () => ensure(work)));
    expect(builds).toBe(1);
    expect(built.filter(Boolean)).toHaveLength(1);
    expect(await ensure(work)).toBe(false);
  });

  it("builds again what cannot be read", async () => {
    await ensure(buildThings);
    await closeMarts();
    await writeFile(path.join(placeOf("things", dataDir).directory, "v2026.11.duckdb"), "damaged");
    expect(await ensure(buildThings)).toBe(true);
    expect(await count()).toBe(3);
  });

  it("leaves what was current when a build fails, and nothing lying about", async () => {
    await publish("v2026.10", 7);
    const failing = async (file: string) => {
      await buildThings(file);
      throw new Error("half way");
    };
    await expect(ensure(failing)).rejects.toThrow("half way");
    expect(await count()).toBe(7);
    const left = (await readdir(placeOf("things", dataDir).directory)).sort();
    expect(left).toEqual(["current", "scratch", "v2026.10.duckdb"]);
  });

  it("takes over from a process that was killed while it built", async () => {
    const { directory } = placeOf("things", dataDir);
    const script = `import { writeFile } from "node:fs/promises";
      import { ensureMart } from "@/lib/mart";
      await ensureMart("things", "v2026.11", async (file) => {
        await writeFile(file, "half");
        console.log("building");
        await new Promise((resolve) => setTimeout(resolve, 600_000));
      }, { dataDir: ${JSON.stringify(dataDir)} });`;
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise<void>((resolve, reject) => {
      child.stdout.once("data", () => resolve());
      child.once("exit", (code) => reject(new Error(`ended with ${code} before it built`)));
    });
    await expect(openMart("things", { dataDir })).rejects.toMatchObject({ code: "MART_UNKNOWN" });
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    expect(await ensure(buildThings)).toBe(true);
    expect(await count()).toBe(3);
    expect((await readdir(directory)).sort()).toEqual(["current", "scratch", "v2026.11.duckdb"]);
  });
});
