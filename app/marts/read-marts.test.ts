import { rm } from "node:fs/promises";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { buildFileOf, closeMarts, placeOf, publishMart } from "@/lib/mart";
import { draftFileOf, draftMart, registerMart } from "@/lib/profile";
import { aViewer } from "@/tests/support/a-viewer";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { buildThings } from "@/tests/support/things-mart";
import { writtenFolder } from "@/tests/support/written-folder";
import { listVisibleMarts, openVisibleMart } from "./read-marts";

const [owner, stranger] = [aViewer("Owner"), aViewer("Stranger")];

let dataDir: string;
beforeAll(async () => {
  dataDir = await temporaryFolder();
  vi.stubEnv("DATA_DIR", dataDir);
});
afterAll(async () => {
  await closeMarts();
  await rm(dataDir, { recursive: true });
});

const namesSeenBy = async (viewer: typeof owner) => (await listVisibleMarts(viewer)).map(({ name }) => name);

it("shows a mart that somebody uploaded to them alone, also where its description is not there", async () => {
  const folder = await writtenFolder({ "shops.csv": "shop,rent\nA1,1\nB2,2\n" });
  await registerMart(await draftMart({ name: "shops", folder, stamp: "v2026.01", owner: owner.id }));
  expect(await namesSeenBy(owner)).toEqual(["shops"]);
  expect(await namesSeenBy(stranger)).toEqual([]);
  await expect(openVisibleMart(stranger, "shops")).rejects.toMatchObject({ code: "MART_UNKNOWN" });

  // As between its publishing and its description, and on another machine that uses the same warehouse service.
  await rm(draftFileOf("shops"));
  expect(await namesSeenBy(stranger)).toEqual([]);
  await expect(openVisibleMart(stranger, "shops")).rejects.toMatchObject({ code: "MART_UNKNOWN" });
});

it("shows what this machine's commands made, and what the settings begin with, to everyone", async () => {
  const folder = await writtenFolder({ "depots.csv": "depot,size\nA1,1\nB2,2\n" });
  await registerMart(await draftMart({ name: "depots", folder, stamp: "v2026.01" }));
  const file = buildFileOf(placeOf("auto-marketplace"), "v2026.11");
  await buildThings(file);
  await publishMart("auto-marketplace", "v2026.11", file);
  expect(await namesSeenBy(stranger)).toEqual(["auto-marketplace", "depots"]);
});
