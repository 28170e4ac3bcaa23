import { describe, expect, it } from "vitest";
import { spellOut } from "./abbreviations";
import { distinctNames, identifierOf, keyStem, singularOf } from "./names";

describe("identifierOf", () => {
  it.each([
    ["Departure Delay (min)", "departure_delay_min"],
    ["userID", "user_id"],
    ["HTTPStatus", "http_status"],
    ["Größe", "gro_e"],
    ["Café", "cafe"],
    ["2nd_floor", "n_2nd_floor"],
    ['x"; DROP TABLE y; --', "x_drop_table_y"],
    ["../../etc/passwd", "etc_passwd"],
    ["__proto__", "proto"],
    ["日本", ""],
  ])("%s → %s", (text, name) => {
    expect(identifierOf(text)).toBe(name);
  });

  it("keeps within the length of every warehouse", () => {
    expect(identifierOf("a".repeat(500)).length).toBeLessThanOrEqual(63);
  });
});

describe("distinctNames", () => {
  it("numbers what comes twice and names what has none by its place", () => {
    expect(distinctNames(["name", "", "name", "name"])).toEqual(["name", "column_2", "name_2", "name_3"]);
  });

  it("never takes a name that another column has", () => {
    expect(distinctNames(["a", "a", "a_2"])).toEqual(["a", "a_3", "a_2"]);
  });
});

it.each([
  ["airlines", "airline"],
  ["cities", "city"],
  ["weather", "weather"],
  ["addresses", "address"],
  ["boxes", "box"],
  ["order_lines", "order_line"],
  ["status", "status"],
  ["movies", "movie"],
  ["people", "person"],
])("the singular of %s is %s", (plural, singular) => {
  expect(singularOf(plural)).toBe(singular);
});

it.each([
  ["customer_id", "customer"],
  ["airport_code", "airport"],
  ["id", null],
  ["paid", null],
])("the stem of %s is %s", (column, stem) => {
  expect(keyStem(column)).toBe(stem);
});

it("spells common abbreviations out and leaves other words", () => {
  expect(spellOut("sched_dep_time")).toBe("scheduled departure time");
  expect(spellOut("dewp")).toBe("dew point");
  expect(spellOut("wind_gust")).toBe("wind gust");
  expect(spellOut("constructor")).toBe("constructor");
});
