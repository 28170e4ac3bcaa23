import { describe, expect, it } from "vitest";
import { writtenFolder } from "@/tests/support/written-folder";
import { draftMart } from "./draft-mart";
import { summariseDraft } from "./summary";

async function drafted(files: Record<string, string>) {
  return draftMart({ name: "shop", folder: await writtenFolder(files), stamp: "v2026.01" });
}

/** The ages of the one table with this header, and three rows of these values. */
async function agesOf(header: string, ...rows: string[]) {
  const { tables } = await drafted({ "things.csv": `${[header, ...rows].join("\n")}\n` });
  return (tables[0]?.derived ?? []).map(({ name, column }) => `${name} of ${column}`);
}

describe("agesOf", () => {
  it.each([
    ["id,year", "A,1956", "B,2013", ["age of year"]],
    ["id,birth_year", "A,1956", "B,NA", ["age of birth_year"]],
    ["id,year_built", "A,1800", "B,2200", ["age of year_built"]],
    ["id,year_of_construction", "A,1900", "B,1901", ["age of year_of_construction"]],
    ["id,model_year", "A,2012", "B,2013", ["model_age of model_year"]],
    ["id,year,model_year", "A,2012,2011", "B,2013,2012", ["age of year", "model_age of model_year"]],
    ["id,year,birth_year", "A,2012,2011", "B,2013,2012", ["age of year", "age_2 of birth_year"]],
    ["id,age,year", "A,3,2011", "B,4,2012", ["age_2 of year"]],
    ["make,year", "X,2011", "X,2011", ["age of year"]],
  ] as const)("finds them in %s", async (header, one, other, expected) => {
    expect(await agesOf(header, one, other)).toEqual(expected);
  });

  it.each([
    ["years are no calendar years", "id,year", "A,1", "B,2"],
    ["one value is none", "id,year", "A,0", "B,2013"],
    ["they are no whole numbers", "id,year", "A,2012.5", "B,2013"],
    ["nothing is there", "id,year", "A,", "B,"],
    ["the name says no year", "id,yearly_visits", "A,1999", "B,2013"],
    ["the year tells the rows apart", "year,total", "2012,1", "2013,1"],
    ["it is part of a date", "id,year,month", "A,2012,1", "B,2013,2"],
    ["nothing identifies what was seen then", "town,year", "X,2013", "X,2013"],
    ["it is a period", "id,fiscal_year", "A,2012", "B,2013"],
    ["it is to come", "id,expiry_year", "A,2031", "B,2032"],
  ])("finds none where %s", async (_, header, one, other) => {
    expect(await agesOf(header, one, other)).toEqual([]);
  });

  it("finds none in a table of events, where the year only says again when they were", async () => {
    const { tables } = await drafted({
      "planes.csv": "tailnum,year\nN1,1999\nN2,2011\n",
      "flights.csv":
        "flight_no,tailnum,year,at\nF1,N1,2013,2013-01-01 05:00:00\nF2,N2,2013,2013-01-01 06:00:00\n",
    });
    expect(tables.map(({ name, eventTime, derived }) => [name, eventTime, derived?.length])).toEqual([
      ["flights", "at", undefined],
      ["planes", undefined, 1],
    ]);
  });

  it("shows them, with what they are made of", async () => {
    const draft = await drafted({ "planes.csv": "tailnum,year\nN1,1999\nN2,2011\n" });
    expect(draft.tables[0]?.derived).toEqual([
      {
        name: "age",
        kind: "years_since",
        column: "year",
        description: "age of planes in years at the row's time: years since planes.year",
        unit: "years",
        family: "plane",
        pii: false,
      },
    ]);
    expect(summariseDraft(draft)).toContain("computed   age: years since year");
  });
});
