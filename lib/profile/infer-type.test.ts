import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openDuckDbWriter } from "@/lib/warehouse";
import { writtenFolder } from "@/tests/support/written-folder";
import { profileTable } from "./profile-table";

/** The profile of one column `x` with these values, and its typed values in order. */
async function column(values: string[]) {
  const text = values.map((value) => `"${value.replaceAll('"', '""')}",.\n`).join("");
  const folder = await writtenFolder({ "t.csv": `x,other\n${text}` });
  const engine = await openDuckDbWriter(path.join(folder, "p.duckdb"));
  onTestFinished(() => engine.close());
  const table = await profileTable(engine, { name: "t", file: "t.csv", path: path.join(folder, "t.csv") });
  const { rows } = await engine.query(`SELECT x FROM ${table.relation} ORDER BY rowid`);
  const [profile] = table.columns;
  if (!profile) throw new Error("no column");
  return { ...profile, values: rows.map((row) => row[0]) };
}

describe("the type of a column", () => {
  it.each([
    ["integer", ["1", "-2", "+3", " 4 "], [1, -2, 3, 4]],
    ["integer", ["1234567890123456"], [1234567890123456]],
    ["text: leading zeros are a code", ["007", "123"], ["007", "123"]],
    ["text: a leading zero after a sign", ["-01", "2"], ["-01", "2"]],
    ["decimal", ["12345678901234567890", "1"], ["12345678901234567890", "1"]],
    ["text: more digits than any number has", ["1".repeat(40), "2"], ["1".repeat(40), "2"]],
    ["float", ["1", "2.5", "-.5", "1e3"], [1, 2.5, -0.5, 1000]],
    ["float", ["1,5", "2"], [1.5, 2]],
    ["text: a thousands separator", ["1,234,567", "2"], ["1,234,567", "2"]],
    ["boolean", ["true", "FALSE", "True"], [true, false, true]],
    ["boolean", ["false", "false"], [false, false]],
    ["boolean", ["yes", "no"], [true, false]],
    ["text: one word alone is no truth value", ["no", "no"], ["no", "no"]],
    ["date", ["2024-02-29", "2023-01-01"], ["2024-02-29", "2023-01-01"]],
    ["text: a day that does not exist", ["2023-02-29", "2023-01-01"], ["2023-02-29", "2023-01-01"]],
    ["date", ["31.12.2023", "01.02.2023"], ["2023-12-31", "2023-02-01"]],
    ["date", ["12/31/2023", "01/02/2023"], ["2023-12-31", "2023-01-02"]],
    ["text: day and month cannot be told apart", ["01/02/2023", "03/04/2023"], ["01/02/2023", "03/04/2023"]],
    [
      "timestamp",
      ["2023-01-01 10:00:00", "2023-01-01T11:30"],
      ["2023-01-01T10:00:00Z", "2023-01-01T11:30:00Z"],
    ],
    [
      "timestamp",
      ["2023-01-01T10:00:00Z", "2023-01-01T10:00:00+05:30"],
      ["2023-01-01T10:00:00Z", "2023-01-01T04:30:00Z"],
    ],
    ["timestamp", ["31.12.2023 23:59"], ["2023-12-31T23:59:00Z"]],
    ["text: mixed", ["1", "a", "2023-01-01"], ["1", "a", "2023-01-01"]],
    ["text", ["infinity", "1"], ["infinity", "1"]],
    ["text", ["' OR 1=1 --", '"; DROP TABLE t; --'], ["' OR 1=1 --", '"; DROP TABLE t; --']],
  ])("%s: %j", async (type, values, typed) => {
    const found = await column(values);
    expect(found.type).toBe(type.split(":")[0]);
    expect(found.values).toEqual(typed);
  });

  it("looks at every row, not at the first ones", async () => {
    const found = await column([...Array.from({ length: 30_000 }, (_, i) => String(i)), "none left"]);
    expect(found.type).toBe("text");
    expect(found.notes[0]).toBe(
      'is text, because 1 of 30001 values do not fit integer, for instance "none left"',
    );
  });
});

describe("what stands for no value", () => {
  it.each([
    [["1", "NA", "N/A", "", "NULL", "\\N", "nan"], "integer", ["N/A", "NA", "NULL", "\\N", "nan"]],
    [["a", "NA", "bcd"], "text", ["NA"]],
    [["1", "-", "None"], "integer", ["-", "None"]],
    [["a", "-", "None"], "text", []],
    [["2023-01-01", "?"], "date", ["?"]],
  ])("%j", async (values, type, tokens) => {
    const found = await column(values);
    expect(found).toMatchObject({ type, nullTokens: tokens });
    expect(found.nulls).toBe(found.values.filter((value) => value === null).length);
    expect(found.nulls).toBe(tokens.length + values.filter((value) => value === "").length);
  });

  it("keeps NA where it is a code among codes of two letters, and says so", async () => {
    const found = await column(["NA", "EU", "AS", "EU"]);
    expect(found).toMatchObject({ type: "text", nullTokens: [], nulls: 0 });
    expect(found.notes.join()).toContain('"NA" is kept as a value');
  });

  it("says so where a column holds nothing at all", async () => {
    expect(await column(["", "NA"])).toMatchObject({ type: "text", nulls: 2, distinct: 0 });
  });
});
