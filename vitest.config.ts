import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Seconds of the files that take long, roughly: begun first, so that no worker is left alone with one of them at the end. A file
 * that is not named comes after them. Vitest itself knows durations of earlier runs only, and a fresh clone has none.
 */
const seconds: Record<string, number> = {
  // Its app builds the pages, for which those of the other browser tests wait.
  "tests/e2e/conversation.test.ts": 180,
  "tests/pipeline/dbt-equality.test.ts": 110,
  "tests/pipeline/durable.test.ts": 85,
  "tests/pipeline/command.test.ts": 40,
  "tests/crash.test.ts": 60,
  "tests/turn.test.ts": 60,
  "tests/pipeline/extract-conform.test.ts": 50,
  "db/marts/auto-marketplace/world/world.test.ts": 45,
  "db/marts/auto-marketplace/project.test.ts": 40,
  "lib/free-sql/limits.test.ts": 39,
  "tests/flights.test.ts": 35,
  "tests/evals/requests.test.ts": 35,
  "tests/matrix-properties.test.ts": 30,
  "scripts/simulate/simulator.test.ts": 30,
  "db/marts/auto-marketplace/augment/augment.test.ts": 30,
  "tests/e2e/free-sql.test.ts": 30,
  "tests/e2e/own-files.test.ts": 25,
  "tests/e2e/pipeline.test.ts": 25,
  "tests/token-budget.test.ts": 25,
  "tests/extract-simulated.test.ts": 25,
  "tests/language-model.test.ts": 20,
  "tests/free-sql-turn.test.ts": 20,
  "tests/free-sql-model.test.ts": 20,
  "tests/run-faults.test.ts": 20,
  "tests/search.test.ts": 15,
  "tests/pipeline/schedule.test.ts": 15,
};

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const of = ({ moduleId, project }: TestSpecification) =>
      seconds[moduleId.slice(project.config.root.length + 1)] ?? 0;
    return (await super.sort(files)).sort((a, b) => of(b) - of(a));
  }
}

export default defineConfig({
  resolve: { alias: { "@": import.meta.dirname } },
  test: {
    include: ["{app,components,agents,lib,db,scripts,tests}/**/*.test.{ts,tsx}"],
    exclude: ["tests/engines/**", "node_modules/**"],
    globalSetup: "tests/setup/postgres.ts",
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores: more workers only make DuckDB and PostgreSQL fight for them.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
});
