import { defineConfig } from "vitest/config";
import { LongestFirst } from "./tests/setup/longest-first";

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
