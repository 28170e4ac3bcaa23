import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildMatrix } from "@/lib/matrix";
import { folderStore } from "@/lib/objects";
import { openSmallMart, type SmallMart, smallFeatureSet } from "@/tests/support/small-mart";
import { type PublishedExport, publishExport, replayManifest } from "./index";

let mart: SmallMart;
let published: PublishedExport;
let dictionary: string;

/** Planes with an age at the mart's own time, published. */
beforeAll(async () => {
  const small = await openSmallMart(
    [
      {
        name: "planes",
        entity: "plane",
        kind: "entity",
        grain: ["tailnum"],
        keys: [{ kind: "primary", entity: "plane", columns: ["tailnum"] }],
        columns: {
          tailnum: "text",
          year: "integer",
          age: {
            type: "integer",
            unit: "years",
            description: "age of planes",
            derived: { kind: "years_since", column: "year" },
          },
        },
        rows: [
          { tailnum: "N1", year: 1956 },
          { tailnum: "N2", year: null },
          { tailnum: "N3", year: 2014 },
        ],
      },
    ],
    "2013-12-31T23:59:59Z",
  );
  mart = { ...small, registry: { ...small.registry, contentHash: "0".repeat(64) } };
  const featureSet = smallFeatureSet("plane", { selections: [{ table: "planes", features: ["age"] }] });
  const store = folderStore(path.join(mart.scratchDirectory, "objects"));
  const built = await buildMatrix({ featureSet, ...mart });
  published = await publishExport({ ...mart, ...built, store, approvalId: "a", approvedBy: "viewer" });
  const key = published.files.find(({ kind }) => kind === "dictionary")?.key ?? "";
  dictionary = await readFile(store.locate(key), "utf8");
});
afterAll(() => mart.close());

it("tells of a computed column which stored one it comes from, and how", () => {
  expect(published.manifest.columns[1]).toMatchObject({
    name: "age",
    unit: "years",
    source: { table: "planes", column: "year" },
    derived: { kind: "years_since", column: "year" },
    nulls: 2,
  });
  expect(published.manifest.columns[0]).not.toHaveProperty("derived");
  expect(dictionary).toContain(
    'age,feature,integer,age of planes,years,,planes,year,"years since year, at the row\'s time",',
  );
});

it("replays to the same content, and notices when the years are counted from another time", async () => {
  const { manifest } = published;
  const replay = (registry: SmallMart["registry"]) =>
    replayManifest({ manifest, openMart: async () => ({ ...mart, registry }) });
  const again = await replay(mart.registry);
  expect(again).toMatchObject({ rows: 3, contentHash: manifest.data.contentHash, notes: [] });
  await expect(replay({ ...mart.registry, asOf: "2014-01-01T00:00:00Z" })).rejects.toMatchObject({
    code: "REPLAY_MISMATCH",
    details: {
      differences: expect.arrayContaining(["columns with another number of nulls: age"]),
    },
  });
});
