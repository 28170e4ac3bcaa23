import { describe, expect, it } from "vitest";
import { looksLikeSql, typedSql } from "./typed-sql";

const statement = "SELECT 1\nFROM SELLERS;";

describe("SQL that a person types", () => {
  it.each([
    `sql ${statement}`,
    `SQL: ${statement}`,
    `/sql ${statement}`,
    `  sql\n${statement}  `,
    `sql \`\`\`sql\n${statement}\n\`\`\``,
    `sql\n\`\`\`\n${statement}\n\`\`\``,
    `\`\`\`sql\n${statement}\n\`\`\``,
    `/SQL\`\`\`${statement}\`\`\``,
  ])("is found in %j", (message) => {
    expect(typedSql(message)).toBe(statement);
  });

  it.each([
    "sql DROP TABLE SELLERS",
    "sql (SELECT 1)",
    "sql -- all\nSELECT 1",
    "sql with a as (select 1) from a",
  ])("may be a statement that will be refused: %j", (message) => {
    expect(typedSql(message)).toBe(message.slice(4));
  });

  it.each(["sql", "/sql", "sql:", " SQL ", "sql ```\n```"])(
    "is empty where nothing follows: %j",
    (message) => {
      expect(typedSql(message)).toBe("");
    },
  );

  it.each([
    "sql features of sellers",
    "SELECT * FROM SELLERS",
    "sqlite tables",
    "show me the sql",
    "sellers in Pune",
    "```\nSELECT 1\n```",
  ])("is not in %j", (message) => {
    expect(typedSql(message)).toBeNull();
  });

  it("keeps a fence inside the statement", () => {
    expect(typedSql("sql SELECT '```' AS ticks")).toBe("SELECT '```' AS ticks");
  });

  it("is told from words without the word before it", () => {
    expect(looksLikeSql("select city\nfrom CITIES")).toBe(true);
    expect(looksLikeSql("select sellers in Pune")).toBe(false);
  });
});
