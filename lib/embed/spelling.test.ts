import { describe, expect, it } from "vitest";
import { editDistance, speller } from "./spelling";

describe("speller", () => {
  const nearest = speller(["demographic", "population", "price", "cars", "campaign"]);

  it.each([
    ["demografic", "demographic"],
    ["popluation", "population"],
    ["campain", "campaign"],
    ["neigborhood", "neighborhood"],
  ])("takes %s for %s", (typed, meant) => {
    expect(nearest(typed)?.stem).toBe(meant);
  });

  it.each(["mars", "muon", "quantum", "7d", "xylophone"])("takes %s for no other word", (typed) => {
    expect(nearest(typed)).toBeNull();
  });

  it("gives the groups of what was meant", () => {
    expect(nearest("neigborhood")?.concepts).toContain("~area");
  });
});

describe("editDistance", () => {
  it.each([
    ["", "", 0],
    ["abc", "", 3],
    ["abc", "acb", 1],
    ["kitten", "sitting", 3],
    ["price", "price", 0],
  ])("%s to %s is %i", (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});
