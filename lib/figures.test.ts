import { expect, it } from "vitest";
import { count, percent, plural } from "./figures";

it.each([
  [0, "0%"],
  [0.0001, "0.1%"],
  [0.029, "2.9%"],
  [0.57, "57%"],
  [0.79999, "79.9%"],
  [0.9999, "99.9%"],
  [1, "100%"],
])("says the share %d as %s", (rate, text) => expect(percent(rate)).toBe(text));

it("says numbers with their words", () => {
  expect([count(12345), plural(1, "row", "rows"), plural(1200, "row", "rows")]).toEqual([
    "12,345",
    "1 row",
    "1,200 rows",
  ]);
});
