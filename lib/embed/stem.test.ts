import { describe, expect, it } from "vitest";
import { stem } from "./stem";

describe("stem", () => {
  it.each([
    ["properties", "property"],
    ["prices", "pricing"],
    ["buses", "bus"],
    ["campaigns", "campaigned"],
    ["neighbourhood", "neighborhood"],
    ["organisation", "organization"],
    ["centre", "center"],
    ["stopped", "stopping"],
    ["matches", "match"],
  ])("brings %s and %s together", (one, other) => {
    expect(stem(one)).toBe(stem(other));
  });

  it.each([
    ["rating", "rate"],
    ["listing", "list"],
    ["news", "new"],
    ["building", "build"],
  ])("keeps %s and %s apart", (one, other) => {
    expect(stem(one)).not.toBe(stem(other));
  });

  it("leaves short words and measures alone", () => {
    expect([stem("bus"), stem("7d"), stem("500m")]).toEqual(["bus", "7d", "500m"]);
  });
});
