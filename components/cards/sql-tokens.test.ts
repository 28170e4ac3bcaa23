import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tokenizeSql } from "./sql-tokens";

const kinds = (sql: string) =>
  tokenizeSql(sql)
    .filter((token) => token.text.trim() !== "")
    .map((token) => `${token.kind}:${token.text.trim()}`);

describe("tokenizeSql", () => {
  it("tells keywords, functions, strings, numbers and comments apart", () => {
    expect(kinds("SELECT count(*), 'it''s' AS x -- note\nFROM t WHERE a >= 1.5e3")).toEqual([
      "keyword:SELECT",
      "function:count",
      "plain:(*),",
      "string:'it''s'",
      "keyword:AS",
      "plain:x",
      "comment:-- note",
      "keyword:FROM",
      "plain:t",
      "keyword:WHERE",
      "plain:a >=",
      "number:1.5e3",
    ]);
  });

  it("keeps keywords inside quoted names and strings plain", () => {
    expect(kinds(`"select" 'from'`)).toEqual([`plain:"select"`, "string:'from'"]);
  });

  it("sees a comment that follows punctuation at once", () => {
    expect(kinds("(1),--x\n/* y */ z")).toEqual([
      "plain:(",
      "number:1",
      "plain:),",
      "comment:--x",
      "comment:/* y */",
      "plain:z",
    ]);
  });

  it("loses no character, whatever the text", () => {
    const text = fc.string({ unit: fc.constantFrom(..."ab1'\"-/*\n ().,;é—") });
    fc.assert(
      fc.property(text, (sql) => {
        const joined = tokenizeSql(sql)
          .map((token) => token.text)
          .join("");
        expect(joined).toBe(sql);
      }),
    );
  });
});
