import { expect, it } from "vitest";
import { findTables } from "./find-tables";

const nodes = ["stg_seller_geo", "SELLER_GEO_RINGS", "conformed.sellers", "SELLER_GEO"].map((name) => ({
  ...{ id: `model.${name}`, name, kind: "feature" as const, description: "", columns: 1 },
}));
const found = (asked: string) => findTables(nodes, asked).map(({ name }) => name);

it("finds tables by a part of the name in any case, the nearest first", () => {
  expect(found("seller_geo")).toEqual(["SELLER_GEO", "SELLER_GEO_RINGS", "stg_seller_geo"]);
  expect(found("  Rings ")).toEqual(["SELLER_GEO_RINGS"]);
});

it("finds none for a name that no table has, and none while nothing is asked", () => {
  expect(found("buyers")).toEqual([]);
  expect(found("  ")).toEqual([]);
});
