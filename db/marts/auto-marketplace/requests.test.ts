import { expect, it } from "vitest";
import { declareTables, readProject } from "@/lib/dbt";
import { expandRequest } from "@/lib/pipeline/saved-requests";
import { autoMarketplace } from "./pipeline";

it("saves the request that seller prioritisation is trained on: exactly 1,141 features, no two of one name", async () => {
  const { features } = declareTables(await readProject(autoMarketplace.projectDirectory));
  const [saved] = (autoMarketplace.requests ?? []).map((spec) => expandRequest(spec, features));
  expect(saved?.title).toBe("Seller prioritisation");
  const names = saved?.selections.flatMap(({ features: all }) => all.map((name) => name.toLowerCase())) ?? [];
  expect(names).toHaveLength(1141);
  expect(new Set(names).size).toBe(1141);
});

it("refuses a request that the mart has outgrown", async () => {
  const { features } = declareTables(await readProject(autoMarketplace.projectDirectory));
  const spec = (select: { table: string; families?: string[]; features?: string[] }[], count: number) => () =>
    expandRequest({ title: "T", description: "", entity: "seller", features: count, select }, features);
  expect(spec([{ table: "AREA_CATCHMENTS" }], 1)).toThrow(/comes to 52 features and says 1\./);
  expect(spec([{ table: "NO_TABLE" }], 1)).toThrow(/NO_TABLE is not in the mart/);
  expect(spec([{ table: "SELLERS", families: ["shoes"] }], 1)).toThrow(/SELLERS has no family shoes/);
  expect(spec([{ table: "SELLERS", features: ["SHOE_SIZE"] }], 1)).toThrow(
    /SELLERS has no feature SHOE_SIZE/,
  );
});
