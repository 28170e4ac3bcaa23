import { chmod, rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { findHome } from "./home";

let folder: string;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => rm(folder, { recursive: true }));

describe.skipIf(process.getuid?.() !== 0)("the home of a server started by root (needs root)", () => {
  it("is in the data folder, under another account", async () => {
    const home = await findHome(path.join(folder, "data"));
    expect(home.cluster).toBe(path.join(folder, "data", "postgres"));
    expect(home.account?.uid).toBeGreaterThan(0);
  });

  it("is elsewhere, always at the same place, when that account cannot get into the data folder", async () => {
    const closed = path.join(folder, "closed", "data");
    await findHome(closed);
    await chmod(path.join(folder, "closed"), 0o700);
    const home = await findHome(closed);
    expect(home.cluster).toMatch(/^\/var\/lib\/agentic-feature-mart\/[0-9a-f]{12}\/postgres$/);
    expect(await findHome(closed)).toEqual(home);
  });
});
