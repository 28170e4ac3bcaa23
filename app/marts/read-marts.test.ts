import { copyFile, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { martOwners } from "@/db/queries/mart-owners";
import type { Viewer } from "@/lib/auth";
import { buildFileOf, closeMarts, placeOf, publishMart } from "@/lib/mart";
import { fileOf } from "@/lib/mart/layout";
import {
  claimName,
  draftFileOf,
  draftMart,
  everyone,
  registerMart,
  registerUploadedFiles,
} from "@/lib/profile";
import { aViewer } from "@/tests/support/a-viewer";
import { createTestDatabase, type TestDatabase } from "@/tests/support/database";
import { dieInUpload } from "@/tests/support/die-in-upload";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { buildThings } from "@/tests/support/things-mart";
import { writtenFolder } from "@/tests/support/written-folder";
import { answerOrTrouble } from "./answer-in-time";
import { listVisibleMarts, openVisibleMart, readOwnDraft } from "./read-marts";

const [owner, stranger] = [aViewer("Owner"), aViewer("Stranger")];

let dataDir: string;
let database: TestDatabase;
beforeAll(async () => {
  dataDir = await temporaryFolder();
  vi.stubEnv("DATA_DIR", dataDir);
  vi.stubEnv("LOG_LEVEL", "error");
  vi.stubEnv("DEFAULT_MART", "things");
  database = await createTestDatabase();
});
afterAll(async () => {
  await closeMarts();
  await database.drop();
  await rm(dataDir, { recursive: true });
});

const namesSeenBy = async (viewer: Viewer) => (await listVisibleMarts(viewer)).map(({ name }) => name);

describe("a mart that somebody uploaded", () => {
  it("is theirs alone, on a machine that has nothing but the mart too", async () => {
    const elsewhere = await dieInUpload({ database: database.url, owner, mart: "shops" });
    // A warehouse service shows it to every machine; what was written beside it stays where it is.
    const [there, here] = [placeOf("shops", elsewhere), placeOf("shops")];
    expect(await readdir(there.directory)).not.toContain("mart.json");
    await mkdir(here.directory, { recursive: true });
    for (const name of ["current", "v2026.01.duckdb"]) {
      await copyFile(path.join(there.directory, name), path.join(here.directory, name));
    }

    expect(await namesSeenBy(owner)).toEqual(["shops"]);
    expect(await openVisibleMart(owner, "shops")).toMatchObject({ own: true, description: null });
    expect(await namesSeenBy(stranger)).toEqual([]);
    await expect(openVisibleMart(stranger, "shops")).rejects.toMatchObject({ code: "MART_UNKNOWN" });
    await expect(readOwnDraft(owner, "shops")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("can be uploaded there again by them alone, and corrected from then on", async () => {
    const folder = await writtenFolder({ "shops.csv": "shop,rent,area\nA1,1,5\nB2,2,6\n" });
    const files = [{ name: "shops.csv", path: path.join(folder, "shops.csv") }];
    const again = (by: Viewer) =>
      registerUploadedFiles({ name: "shops", files, owner: by.id }, { owners: martOwners });
    await expect(again(stranger)).rejects.toMatchObject({ code: "BAD_INPUT" });
    const { mart } = await again(owner);
    expect(mart.features).toBe(2);
    expect((await readOwnDraft(owner, "shops")).owner).toBe(owner.id);
    await expect(readOwnDraft(stranger, "shops")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("stays theirs where an earlier version wrote its owner into the description alone", async () => {
    const folder = await writtenFolder({ "stalls.csv": "stall,rent\nA1,1\nB2,2\n" });
    await registerMart(await draftMart({ name: "stalls", folder, stamp: "v2026.01", owner: owner.id }));
    expect(await namesSeenBy(stranger)).not.toContain("stalls");
    await rm(draftFileOf("stalls"));
    expect(await namesSeenBy(owner)).toContain("stalls");
    expect(await namesSeenBy(stranger)).not.toContain("stalls");
  });

  it("stays theirs where its description cannot be read, of which others learn nothing", async () => {
    const folder = await writtenFolder({ "kiosks.csv": "kiosk,rent\nA1,1\nB2,2\n" });
    const draft = await draftMart({ name: "kiosks", folder, stamp: "v2026.01", owner: owner.id });
    await claimName(draft, martOwners);
    await registerMart(draft);
    for (const text of ["{ half", '{ "name": "kiosks" }', JSON.stringify({ ...draft, name: "other" })]) {
      await writeFile(draftFileOf("kiosks"), text);
      expect(await openVisibleMart(owner, "kiosks")).toMatchObject({ own: true, description: null });
      expect(await namesSeenBy(owner)).toContain("kiosks");
      await expect(readOwnDraft(owner, "kiosks")).rejects.toMatchObject({ code: "NOT_FOUND" });
      expect(await namesSeenBy(stranger)).not.toContain("kiosks");
      await expect(openVisibleMart(stranger, "kiosks")).rejects.toMatchObject({ code: "MART_UNKNOWN" });
    }
  });

  it("has not the name of one that a pipeline builds, also before that is there", async () => {
    const folder = await writtenFolder({ "shops.csv": "shop,rent\nA1,1\nB2,2\n" });
    const files = [{ name: "shops.csv", path: path.join(folder, "shops.csv") }];
    const asked = { name: "auto-marketplace", files, owner: owner.id };
    await expect(registerUploadedFiles(asked, { owners: martOwners })).rejects.toThrow("is taken");
    expect(await martOwners.find("auto-marketplace")).toBeNull();
  });

  it("is shown to nobody where another person's mart has its name on this machine", async () => {
    const folder = await writtenFolder({ "booths.csv": "booth,rent\nA1,1\nB2,2\n" });
    await registerMart(await draftMart({ name: "booths", folder, stamp: "v2026.01", owner: owner.id }));
    await martOwners.claim("booths", stranger.id);
    expect(await namesSeenBy(owner)).not.toContain("booths");
    expect(await namesSeenBy(stranger)).not.toContain("booths");
  });
});

it("shows what this machine's commands made, a pipeline builds or the settings begin with to everyone", async () => {
  const folder = await writtenFolder({ "depots.csv": "depot,size\nA1,1\nB2,2\n" });
  await registerMart(await draftMart({ name: "depots", folder, stamp: "v2026.01" }));
  for (const name of ["auto-marketplace", "things"]) {
    const file = buildFileOf(placeOf(name), "v2026.11");
    await buildThings(file);
    await publishMart(name, "v2026.11", file);
  }
  expect(await namesSeenBy(stranger)).toEqual(["auto-marketplace", "depots", "things"]);
  expect(await martOwners.find("depots")).toBe(everyone);
});

it("leaves out a mart that is damaged, but where no other is left says so", async () => {
  const person = aViewer("Newcomer");
  const damage = async (name: string, stamp: string) => {
    await closeMarts();
    await writeFile(fileOf(placeOf(name), stamp), "damaged");
  };
  await damage("depots", "v2026.01");
  expect(await namesSeenBy(person)).toEqual(["auto-marketplace", "things"]);
  await damage("things", "v2026.11");
  await damage("auto-marketplace", "v2026.11");
  await expect(namesSeenBy(person)).rejects.toMatchObject({ code: "MART_DAMAGED" });
  expect(await answerOrTrouble(listVisibleMarts(person))).toEqual({
    trouble: expect.stringContaining("Build its stamp again"),
  });
});
