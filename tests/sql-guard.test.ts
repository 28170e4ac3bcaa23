import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { toAppError } from "@/lib/errors";
import { type AllowedTable, guardSql } from "@/lib/sql/guard";
import type { Dialect } from "@/lib/warehouse";
import { seededRandom, varySql } from "./support/vary-sql";

interface HostileCase {
  sql: string;
  verdict: "allow" | "reject";
  why: string;
  dialect: Dialect | "both";
  category: string;
  stopped_by?: "guard" | "budget" | null;
}

const cases: HostileCase[] = readFileSync(new URL("./cases/hostile-sql.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));

const columns =
  "id name city note amount customer_id ts v created_at updated_at deleted_flag update delete order".split(
    " ",
  );
const names = ["customers", "orders", "events"];

/** As each dialect stores a name that was not quoted. */
const tables: Record<Dialect, AllowedTable[]> = {
  duckdb: names.map((name) => ({ name, columns })),
  snowflake: names.map((name) => ({ name: name.toUpperCase(), columns })),
};

/** A statement that only the budget stops has to pass the guard: free-sql's tests run those. */
async function verdictOf(sql: string, dialect: Dialect): Promise<string> {
  try {
    await guardSql(sql, { dialect, tables: tables[dialect], rows: 1001 });
    return "allow";
  } catch (thrown) {
    const error = toAppError(thrown);
    expect(error.code, String(error.cause ?? error)).toBe("SQL_REFUSED");
    expect(error.details).toMatchObject({ reason: expect.any(String), category: expect.any(String) });
    expect(error.message.length).toBeGreaterThan(20);
    return "reject";
  }
}

describe.each(["duckdb", "snowflake"] as const)("the guard in %s", (dialect) => {
  const own = cases.filter((one) => one.dialect === dialect || one.dialect === "both");

  it("has cases", () => {
    expect(own.length).toBeGreaterThan(80);
  });

  it.each(own.map((one) => [one.category, one.sql.slice(0, 100), one] as const))(
    "%s: %s",
    async (_, __, one) => {
      const owed = one.stopped_by === "budget" ? "allow" : one.verdict;
      expect(await verdictOf(one.sql, dialect), one.why).toBe(owed);
      const random = seededRandom(one.sql.length);
      for (let variation = 0; variation < 24; variation++) {
        const varied = varySql(one.sql, dialect, random);
        expect(await verdictOf(varied, dialect), varied).toBe(owed);
      }
    },
  );
});
