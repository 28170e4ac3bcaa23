import { AppError, toAppError } from "@/lib/errors";
import { type DuckDbLimits, openDuckDbWarehouse, type QueryResult, quoteName } from "@/lib/warehouse";
import type { Relations } from "./compile";
import { tableName } from "./declare-tables";
import type { Project } from "./project";
import { runInOrder } from "./run-in-order";
import { compileTest, listTests, type TestNode } from "./test-nodes";

export interface TestResult {
  test: string;
  /** `unique`, `not_null` …; null for a test of the project's own file. */
  generic: string | null;
  model: string | null;
  column: string | null;
  severity: "error" | "warn";
  status: "pass" | "fail" | "warn";
  /** Rows that the test's query found. */
  failures: number;
  /** Shows the first of them. */
  sampleSql: string;
}

/**
 * Runs the tests that concern registered tables alone, in a mart's file that is done.
 * @throws AppError QUERY_FAILED naming a test that could not be run, MART_DAMAGED, QUERY_CANCELLED
 */
export async function runTests(
  project: Project,
  file: string,
  { signal, ...limits }: DuckDbLimits & { signal?: AbortSignal } = {},
): Promise<TestResult[]> {
  const warehouse = await openDuckDbWarehouse({ path: file, writableDirectories: [], ...limits });
  try {
    const { rows } = await warehouse.query("select table_name from duckdb_tables()");
    const present = new Set(rows.flat());
    const relations: Relations = {
      model: (model) => quoteName(tableName(model)),
      source: (key) => project.sources.get(key)?.location ?? "",
    };
    const tests = testsOf(project, (name) => {
      const model = project.models.get(name);
      return model?.table !== null && model !== undefined && present.has(tableName(model));
    });
    return await runTestNodes(project, tests, relations, { signal }, (sql, own) =>
      warehouse.query(sql, { signal: own }),
    );
  } finally {
    await warehouse.close();
  }
}

/** The tests that can be run where these models are. */
export function testsOf(project: Project, isThere: (model: string) => boolean): TestNode[] {
  return listTests(project).filter(
    ({ dependsOn }) =>
      dependsOn.sources.length === 0 && dependsOn.models.length > 0 && dependsOn.models.every(isThere),
  );
}

/** @throws AppError QUERY_FAILED naming a test that could not be run */
export async function runTestNodes(
  project: Project,
  tests: TestNode[],
  relations: Relations,
  { signal, atOnce = 2 }: { signal?: AbortSignal | undefined; atOnce?: number },
  query: (sql: string, signal: AbortSignal) => Promise<QueryResult>,
): Promise<TestResult[]> {
  const tasks = tests.map((test) => ({ name: test.name, after: [], test }));
  return runInOrder(tasks, { atOnce, ...(signal ? { signal } : {}) }, async ({ test }, own) => {
    const sql = compileTest(project, test, relations).trim();
    const { rows } = await query(`select count(*) from (${sql}\n)`, own).catch((thrown) => {
      throw testError(test, thrown);
    });
    const failures = Number(rows[0]?.[0]);
    const { generic, model, column, severity } = test;
    const status = failures === 0 ? "pass" : severity === "warn" ? "warn" : "fail";
    const sampleSql = `select * from (${sql}\n) limit 20`;
    return { test: test.name, generic, model, column, severity, status, failures, sampleSql };
  });
}

function testError(test: TestNode, thrown: unknown): AppError {
  const error = toAppError(thrown);
  if (error.code !== "QUERY_FAILED") return error;
  return new AppError("QUERY_FAILED", `The test ${test.name} (${test.file.path}) could not be run.`, {
    details: { ...error.details, test: test.name },
    cause: error.cause,
  });
}
