import { AppError, toAppError } from "@/lib/errors";
import type { QueryResult } from "@/lib/warehouse";
import type { Relations } from "./compile";
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
  { signal, atOnce }: { signal?: AbortSignal | undefined; atOnce: number },
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
