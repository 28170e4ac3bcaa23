import { describe, expect, it } from "vitest";
import { toCsv } from "./to-csv";

const csv = (type: "text" | "decimal" | "float", ...values: (string | number | boolean | null)[]) =>
  toCsv({ columns: [{ name: "v", type }], rows: values.map((value) => [value]) })
    .split("\r\n")
    .slice(1, -1);

describe("toCsv", () => {
  it("writes a header, commas and CRLF", () => {
    const columns = [
      { name: "city", type: "text" as const },
      { name: "sellers", type: "integer" as const },
    ];
    expect(toCsv({ columns, rows: [["Pune", 12]] })).toBe("city,sellers\r\nPune,12\r\n");
  });

  it("quotes what would break a row", () => {
    expect(csv("text", 'a "b"', "x,y", "two\nlines")).toEqual(['"a ""b"""', '"x,y"', '"two\nlines"']);
  });

  it("tells NULL from empty text", () => {
    expect(csv("text", null, "")).toEqual(["", '""']);
  });

  it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=cmd", "＝1", "\u200b=1", "|calc", "%0a"])(
    "takes the power from the formula %j",
    (text) => {
      expect(csv("text", text)[0]?.replace(/^"/, "").startsWith("'")).toBe(true);
    },
  );

  it("leaves numbers as they are, also those that came as text", () => {
    expect(csv("float", -1.5, 1e21)).toEqual(["-1.5", "1e+21"]);
    expect(csv("decimal", "-123456789012345678901.5")).toEqual(["-123456789012345678901.5"]);
    expect(csv("decimal", "-1+cmd|x")).toEqual([`"'-1+cmd|x"`]);
  });

  it("guards the header as well", () => {
    expect(toCsv({ columns: [{ name: "=1", type: "text" }], rows: [] })).toBe(`"'=1"\r\n`);
  });
});
