import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toAppError } from "@/lib/errors";
import { tablesOf } from "@/lib/free-sql";
import type { Mart } from "@/lib/mart";
import { type AllowedTable, guardSql } from "@/lib/sql/guard";
import type { Cell, Dialect } from "@/lib/warehouse";
import { openFreeSqlMart } from "./support/free-sql-mart";
import { selects } from "./support/sql-generator";

let mart: Mart;
let close: () => Promise<void>;
const tables: Record<Dialect, AllowedTable[]> = { duckdb: [], snowflake: [] };
beforeAll(async () => {
  ({ mart, close } = await openFreeSqlMart());
  tables.duckdb = tablesOf(mart);
  tables.snowflake = tables.duckdb.map(({ name, columns }) => ({ name: name.toUpperCase(), columns }));
});
afterAll(() => close());

const guard = (sql: string, dialect: Dialect) =>
  guardSql(sql, { dialect, tables: tables[dialect], rows: 100_000 });

/** Called in place of one that computes. */
const badFunctions: Record<Dialect, string[]> = {
  duckdb: [
    ...[
      "getenv",
      "current_setting",
      "getvariable",
      "nextval",
      "read_text",
      "main.read_csv",
      "system.main.glob",
      "query",
    ],
    ...[
      "which_secret",
      "sleep_ms",
      "pg_sleep",
      "write_log",
      "json_execute_serialized_sql",
      "json_serialize_plan",
      "my_udf",
    ],
    ...[
      "setseed",
      "current_query",
      "txid_current",
      "duckdb_settings",
      "sql_auto_complete",
      "error",
      '"getenv"',
      "GetEnv",
    ],
  ],
  snowflake: [
    ...[
      "SYSTEM$WAIT",
      "GET_DDL",
      "my_udf",
      "db.s.f",
      "LAST_QUERY_ID",
      "CURRENT_ROLE",
      "AI_COMPLETE",
      "getvariable",
    ],
    ...[
      "SNOWFLAKE.CORTEX.COMPLETE",
      "GET_PRESIGNED_URL",
      "RESULT_SCAN",
      "IDENTIFIER",
      '"ABS"',
      "seq8",
      "to_file",
    ],
  ],
};

/** Read in place of the mart's. */
const badTables: Record<Dialect, string[]> = {
  duckdb: [
    ...[
      "tenant_b.customers",
      "information_schema.tables",
      "sqlite_master",
      "pg_catalog.pg_tables",
      "duckdb_tables",
      "x.parquet",
    ],
    ...[
      "'x.parquet'",
      '"x.csv"',
      "read_csv('x')",
      "glob('*')",
      "TABLE_REGISTRY",
      "query('SELECT 1')",
      "(SHOW TABLES)",
      "memory.main.customers",
    ],
    ...[
      "pragma_table_info('customers')",
      "(DESCRIBE customers)",
      '"customers "',
      "customers AT (VERSION => 1)",
      "summary((SELECT 1))",
    ],
  ],
  snowflake: [
    ...[
      "tenant_b.customers",
      "information_schema.tables",
      "db..customers",
      "@stage",
      "@~/x",
      "TABLE('customers')",
      '"customers"',
    ],
    ...[
      "TABLE(RESULT_SCAN(LAST_QUERY_ID()))",
      "IDENTIFIER('customers')",
      "$x",
      "customers AT (OFFSET => -60)",
      "FEATURE_REGISTRY",
    ],
    ...[
      "TABLE(GENERATOR(ROWCOUNT => 5))",
      "customers CHANGES (INFORMATION => DEFAULT) AT (OFFSET => -1)",
      "snowflake.account_usage.users",
    ],
  ],
};

describe("statements over the mart's tables", () => {
  it("are let through, and give the rows that they give without the guard", async () => {
    await fc.assert(
      fc.asyncProperty(selects, async (sql) => {
        const { sql: checked } = await guard(sql, "duckdb");
        const [direct, guarded] = await Promise.all([
          mart.warehouse.query(sql),
          mart.warehouse.query(checked),
        ]);
        expect(guarded.columns).toEqual(direct.columns);
        expect(sorted(guarded.rows)).toEqual(sorted(direct.rows));
      }),
      { numRuns: 150, seed: 5 },
    );
  });

  it("keep their order", async () => {
    await fc.assert(
      fc.asyncProperty(selects, fc.constantFrom("1", "1 DESC", "2, 1"), async (sql, order) => {
        fc.pre(!(order.startsWith("2") && sql.includes("UNION")));
        const ordered = `${sql} ORDER BY ${order}`;
        const { sql: checked } = await guard(ordered, "duckdb");
        const [direct, guarded] = await Promise.all([
          mart.warehouse.query(ordered),
          mart.warehouse.query(checked),
        ]);
        expect(guarded.rows).toEqual(direct.rows);
      }),
      { numRuns: 80, seed: 5 },
    );
  });

  it("are let through in Snowflake's dialect", async () => {
    await fc.assert(
      fc.asyncProperty(selects, async (sql) => {
        expect((await guard(sql, "snowflake")).tables.length).toBeGreaterThan(0);
      }),
      { numRuns: 150, seed: 5 },
    );
  });
});

describe.each(["duckdb", "snowflake"] as const)(
  "in %s one wrong name is enough to be refused:",
  (dialect) => {
    const refusedWith = (
      occurrence: RegExp,
      bad: string[],
      put: (found: RegExpExecArray, by: string) => string,
    ) =>
      fc.assert(
        fc.asyncProperty(selects, fc.nat(), fc.constantFrom(...bad), async (sql, at, by) => {
          const all = [...sql.matchAll(occurrence)];
          fc.pre(all.length > 0);
          const found = all[at % all.length] as RegExpExecArray;
          const mutated =
            sql.slice(0, found.index) + put(found, by) + sql.slice(found.index + found[0].length);
          const error = await guard(mutated, dialect).then(
            () => null,
            (thrown) => toAppError(thrown),
          );
          expect(error?.code, mutated).toBe("SQL_REFUSED");
        }),
        { numRuns: 250, seed: 11 },
      );

    it("a function's", () =>
      refusedWith(
        /\b(abs|coalesce|length|upper|concat|max|sum)\(/g,
        badFunctions[dialect],
        (_, by) => `${by}(`,
      ));

    it("a table's", () =>
      refusedWith(/\bFROM (customers c|orders o|customers|orders)\b/g, badTables[dialect], (found, by) => {
        // A name that is a CTE there is nobody's table.
        return `FROM ${by}${found[1]?.includes(" ") ? found[1].slice(-2) : ""}`;
      }));
  },
);

/** Quotes, escapes and comments, and a table that may be read nowhere outside of a text. */
const soup = fc
  .array(
    fc.constantFrom(
      ...[
        "'",
        "''",
        "\\'",
        "\\\\",
        "\\",
        "$$",
        "$",
        '"',
        '""',
        "--",
        "//",
        "/*",
        "*/",
        "\n",
        " ",
        "(",
        ")",
        ";",
      ],
      ...[
        "x'",
        "e'",
        "%",
        "_",
        "NOT ",
        "LIKE ",
        "ILIKE ",
        "ESCAPE ",
        "OR ",
        "t.label ",
        "a",
        "1",
        "= ",
        "|| ",
      ],
      ...["'a' ", "'b%' ", "$$a$$ ", "UNION SELECT id FROM hidden ", "t.id IN (SELECT id FROM hidden) "],
    ),
    { minLength: 1, maxLength: 14 },
  )
  .map((parts) => parts.join(""));

describe.each(["duckdb", "snowflake"] as const)(
  "in %s no mixture of quotes, escapes and comments",
  (dialect) => {
    it("brings what stands in a text to be read as SQL", async () => {
      let passed = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom("t.label LIKE '", "NOT t.label LIKE $$", "t.label = 'a", "t.label NOT LIKE ", ""),
          soup,
          fc.constantFrom("", "'", "$$", " --", "*/"),
          async (before, mixed, after) => {
            const sql = `SELECT t.id FROM customers t WHERE ${before}${mixed}${after}`;
            const checked = await guard(sql, dialect).then(
              (statement) => statement.sql,
              (thrown) => {
                expect(toAppError(thrown).code, sql).toBe("SQL_REFUSED");
                return null;
              },
            );
            if (checked === null) return;
            passed++;
            for (const outside of outsideOfTexts(checked, dialect))
              expect(outside, sql).not.toMatch(/from\s+hidden/i);
          },
        ),
        { numRuns: 6_000, seed: 17 },
      );
      // Else nothing was tried.
      expect(passed).toBeGreaterThan(100);
    });
  },
);

/** A statement without its texts, quoted names and comments, by each way in which an engine may read a backslash in a text. */
function outsideOfTexts(sql: string, dialect: Dialect): string[] {
  const others = ['"(?:[^"]|"")*"', "\\$\\$[^]*?\\$\\$", "--[^\\n]*", "/\\*[^]*?\\*/"];
  if (dialect === "snowflake") others.push("//[^\\n]*");
  const texts =
    dialect === "snowflake"
      ? ["'(?:[^'\\\\]|''|\\\\[^])*'", "'(?:[^']|'')*'"]
      : ["e'(?:[^'\\\\]|''|\\\\[^])*'|'(?:[^']|'')*'"];
  return texts.map((text) => sql.replace(new RegExp([text, ...others].join("|"), "gi"), " "));
}

function sorted(rows: Cell[][]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}
