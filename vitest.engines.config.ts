import { defineConfig } from "vitest/config";

/** `npm run test:engines`: what needs a server that is not ours. */
export default defineConfig({
  resolve: { alias: { "@": import.meta.dirname } },
  test: {
    include: ["tests/engines/**/*.test.ts"],
    globalSetup: ["tests/setup/postgres.ts", "tests/engines/support/setup.ts"],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    maxWorkers: 2,
  },
});
