import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { closeMarts, openMart } from "@/lib/mart";
import { ownersInMemory } from "@/tests/support/owners-in-memory";
import { writtenFolder } from "@/tests/support/written-folder";
import {
  correctMart,
  draftFileOf,
  type MartOwners,
  readDraft,
  registerUploadedFiles,
  uploadLimits,
} from "./index";

let owners: MartOwners;
beforeEach(() => {
  owners = ownersInMemory();
});
afterEach(closeMarts);

const plants = "plant_id,height_cm\n1,20\n2,30\n";

async function received(files: Record<string, string | Uint8Array>) {
  const names = Object.keys(files);
  const folder = await writtenFolder(
    Object.fromEntries(names.map((name, index) => [`upload-${index}`, files[name] as string | Uint8Array])),
  );
  return names.map((name, index) => ({ name, path: path.join(folder, `upload-${index}`) }));
}

describe("registerUploadedFiles", () => {
  it("makes a mart of the files and shows no folder of the server's", async () => {
    const dataDir = await writtenFolder();
    const files = await received({
      "Plants.CSV": plants,
      "C:\\data\\visits.csv.gz": gzipSync("plant_id\n1\n1\n"),
    });
    const { draft, mart } = await registerUploadedFiles(
      { name: "garden", files, owner: "someone" },
      { dataDir, owners },
    );
    expect(mart).toMatchObject({ tables: 2, features: 1 });
    expect(draft).not.toHaveProperty("folder");
    expect(JSON.stringify(draft)).not.toContain(dataDir);
    expect(draft.tables.map(({ file }) => file)).toEqual(["plants.csv", "visits.csv.gz"]);
    const { registry } = await openMart("garden", { dataDir });
    expect(registry.tables.map(({ name, owner }) => [name, owner])).toEqual([
      ["plants", "someone"],
      ["visits", "someone"],
    ]);
  });

  it("never lets a file's name choose where it is written", async () => {
    const dataDir = await writtenFolder();
    const files = await received({ "../../../evil.csv": plants });
    await registerUploadedFiles({ name: "garden", files, owner: "someone" }, { dataDir, owners });
    const { folder } = await readDraft("garden", { dataDir });
    expect(path.dirname(folder)).toBe(path.join(dataDir, "marts", "garden"));
    expect(await readdir(folder)).toEqual(["evil.csv"]);
  });

  it.each<[string, Record<string, string | Uint8Array>, string]>([
    ["no files", {}, "Choose at least one"],
    ["another kind", { "a.xlsx": "x" }, '"a.xlsx" is no name of a .csv'],
    ["a name that is none", { "....csv": plants }, "is no name of a .csv"],
    ["a file that is too large", { "a.csv": "x".repeat(3000) }, "is larger than"],
    [
      "a file that unpacks too far",
      { "a.csv.gz": gzipSync("a\n".repeat(50_000)) },
      "it unpacks to more than",
    ],
    ["too many files", { "a.csv": plants, "b.csv": plants, "c.csv": plants }, "at most 2 files"],
  ])("refuses %s, and leaves nothing behind", async (_title, given, message) => {
    const dataDir = await writtenFolder();
    const limits = { files: 2, fileBytes: 2048, unpackedBytes: 20_000 };
    await expect(
      registerUploadedFiles(
        { name: "garden", files: await received(given), owner: "x" },
        { dataDir, owners, limits },
      ),
    ).rejects.toMatchObject({ code: "BAD_INPUT", message: expect.stringContaining(message) });
    const left = await readdir(path.join(dataDir, "marts", "garden")).catch(() => []);
    expect(left.filter((name) => name.startsWith("source-"))).toEqual([]);
    expect(uploadLimits.fileBytes).toBeLessThanOrEqual(uploadLimits.unpackedBytes);
  });

  it("lets nobody replace another's mart, nor the demo", async () => {
    const dataDir = await writtenFolder();
    const files = await received({ "plants.csv": plants });
    await registerUploadedFiles({ name: "garden", files, owner: "one" }, { dataDir, owners });
    for (const [name, owner] of [
      ["garden", "two"],
      ["auto-marketplace", "one"],
    ] as const) {
      await expect(registerUploadedFiles({ name, files, owner }, { dataDir, owners })).rejects.toMatchObject({
        code: "BAD_INPUT",
        message: expect.stringContaining("Choose another name"),
      });
    }
  });

  it("takes no name of a mart that the app builds itself, also before it is there", async () => {
    const files = await received({ "plants.csv": plants });
    owners = { ...owners, isReserved: (mart) => mart === "census" };
    await expect(
      registerUploadedFiles(
        { name: "census", files, owner: "x" },
        { dataDir: await writtenFolder(), owners },
      ),
    ).rejects.toMatchObject({ code: "BAD_INPUT", message: "The name census is taken. Choose another name." });
    expect(await owners.find("census")).toBeNull();
  });

  it("keeps a name for whoever's build failed, and tells others no more than that", async () => {
    const dataDir = await writtenFolder();
    const files = await received({ "plants.csv": plants });
    const upload = (owner: string, as = owners) =>
      registerUploadedFiles({ name: "garden", files, owner }, { dataDir, owners: as });
    const losing: MartOwners = {
      ...owners,
      claim: async (mart, owner) => {
        await rm(path.join(dataDir, "marts"), { recursive: true });
        return owners.claim(mart, owner);
      },
    };
    await expect(upload("one", losing)).rejects.toThrow();
    await expect(openMart("garden", { dataDir })).rejects.toMatchObject({ code: "MART_UNKNOWN" });
    await expect(upload("two")).rejects.toThrow("The name garden is taken. Choose another name.");
    expect((await upload("one")).mart).toMatchObject({ name: "garden", tables: 1 });
  });

  it("hides from others what is wrong in a description, and lets its owner give the files again", async () => {
    const dataDir = await writtenFolder();
    const files = await received({ "plants.csv": plants });
    const upload = (owner: string) =>
      registerUploadedFiles({ name: "garden", files, owner }, { dataDir, owners });
    await upload("one");
    await writeFile(draftFileOf("garden", dataDir), "{ secret");
    const refusal = await upload("two").catch((thrown) => thrown);
    expect(refusal).toMatchObject({ code: "BAD_INPUT", message: expect.stringMatching(/^The name garden/) });
    await upload("one");
    expect((await readDraft("garden", { dataDir })).owner).toBe("one");
  });

  it("gives a name that two people ask for at once to one of them", async () => {
    const dataDir = await writtenFolder();
    const files = await received({ "plants.csv": plants });
    const told = await Promise.allSettled(
      ["one", "two"].map((owner) =>
        registerUploadedFiles({ name: "garden", files, owner }, { dataDir, owners }),
      ),
    );
    const refused = told.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect(refused).toMatchObject([{ code: "BAD_INPUT", message: expect.stringContaining("another name") }]);
    const { registry } = await openMart("garden", { dataDir });
    const owner = await owners.find("garden");
    expect(registry.tables[0]?.owner).toBe(owner);
    expect((await readDraft("garden", { dataDir })).owner).toBe(owner);
  });

  it("takes the owner of an earlier version's mart from its description", async () => {
    const dataDir = await writtenFolder();
    const files = await received({ "plants.csv": plants });
    await registerUploadedFiles({ name: "garden", files, owner: "one" }, { dataDir, owners });
    owners = ownersInMemory();
    await expect(
      registerUploadedFiles({ name: "garden", files, owner: "two" }, { dataDir, owners }),
    ).rejects.toMatchObject({ code: "BAD_INPUT" });
    expect(await owners.find("garden")).toBe("one");
    await registerUploadedFiles({ name: "garden", files, owner: "one" }, { dataDir, owners });
  });

  it("given again replaces the files", async () => {
    const dataDir = await writtenFolder();
    for (const text of [plants, "plant_id,colour\n7,red\n"]) {
      const files = await received({ "plants.csv": text });
      await registerUploadedFiles({ name: "garden", files, owner: "one" }, { dataDir, owners });
    }
    const entries = await readdir(path.join(dataDir, "marts", "garden"));
    expect(entries.filter((name) => name.startsWith("source-"))).toHaveLength(1);
    expect((await openMart("garden", { dataDir })).registry.features.map(({ name }) => name)).toContain(
      "colour",
    );
  });
});

describe("correctMart", () => {
  async function garden() {
    const dataDir = await writtenFolder({ "secret.csv": "id\n1\n" });
    const files = await received({ "plants.csv": plants });
    const { draft } = await registerUploadedFiles(
      { name: "garden", files, owner: "one" },
      { dataDir, owners },
    );
    return { dataDir, draft };
  }

  it("builds what the edited description says", async () => {
    const { dataDir, draft } = await garden();
    const edited = structuredClone(draft);
    const height = edited.tables[0]?.columns[1];
    if (height) height.description = "how tall the plant is";
    await correctMart({ name: "garden", edited, owner: "one" }, { dataDir, owners });
    const { registry } = await openMart("garden", { dataDir });
    expect(registry.features.find(({ name }) => name === "height_cm")?.description).toBe(
      "how tall the plant is",
    );
  });

  it("takes neither folder nor owner nor name from the edit", async () => {
    const { dataDir, draft } = await garden();
    const edited = { ...draft, folder: dataDir, owner: "two", name: "other" };
    await correctMart({ name: "garden", edited, owner: "one" }, { dataDir, owners });
    const stored = await readDraft("garden", { dataDir });
    expect(stored).toMatchObject({ name: "garden", owner: "one" });
    expect(stored.folder).not.toBe(dataDir);
    expect(await readFile(path.join(stored.folder, "plants.csv"), "utf8")).toBe(plants);
  });

  it("refuses files that were not given, what is no description, and strangers", async () => {
    const { dataDir, draft } = await garden();
    const stolen = structuredClone(draft);
    if (stolen.tables[0]) stolen.tables[0].file = "secret.csv";
    const correct = (edited: unknown, owner = "one") =>
      correctMart({ name: "garden", edited, owner }, { dataDir, owners });
    await expect(correct(stolen)).rejects.toThrow("tables[0].file: is none of the files that were given");
    await expect(correct("hello")).rejects.toMatchObject({ code: "BAD_INPUT" });
    await expect(correct({})).rejects.toMatchObject({ code: "BAD_INPUT" });
    await expect(correct(draft, "two")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
