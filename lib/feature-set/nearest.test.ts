import { expect, it } from "vitest";
import { nearest } from "./nearest";

it("finds what was meant, the likest first", () => {
  const names = ["poi_count_1km", "poi_count_5km", "rating", "city_population"];
  expect(nearest("poi_count_1m", names)[0]).toBe("poi_count_1km");
  expect(nearest("RATNG", names)).toEqual(["rating"]);
  expect(nearest("population", names)).toEqual(["city_population"]);
  expect(nearest("zzzzzzzzzzzzzzzz", names)).toEqual([]);
});

it("compares no texts that are far too long for a name", () => {
  const name = "rating ".repeat(3000);
  expect(nearest(name, ["rating"])).toEqual([]);
});
