import { mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runVitest, type Tally } from "./run-vitest";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "feature-mart-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function tally(files: Record<string, string>): Promise<Tally> {
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  return runVitest(["--root", folder, "--globals", "--silent"], { quiet: true });
}

describe("the closing count", () => {
  it("counts tests that passed and were skipped", async () => {
    const text = `it("a", () => {}); it("b", () => {}); describe.skipIf(true)("no tool", () => { it("c", () => {}); });`;
    expect(await tally({ "good.test.js": text })).toEqual({ passed: 2, failed: 0, skipped: 1 });
  });

  it("counts failed tests, files that cannot be loaded, and set-ups that fail", async () => {
    const counts = await tally({
      "good.test.js": `it("a", () => {});`,
      "bad.test.js": `it("a", () => { throw new Error("no"); });`,
      "unloadable.test.js": `import "./not-there"; it("a", () => {});`,
      "setup.test.js": `beforeAll(() => { throw new Error("no"); }); it("a", () => {});`,
    });
    expect(counts).toMatchObject({ passed: 1, failed: 3 });
  });

  it("does not pass a run that ended badly, or that had no tests", async () => {
    const late = `it("a", () => { Promise.reject(new Error("nobody waits")); });`;
    expect(await tally({ "late.test.js": late })).toEqual({ passed: 1, failed: 1, skipped: 0 });
    await rm(path.join(folder, "late.test.js"));
    expect(await tally({})).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});
