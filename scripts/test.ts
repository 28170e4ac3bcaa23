import { readdir } from "node:fs/promises";
import { findChromium } from "@/tests/support/find-chromium";
import { runVitest, type Tally } from "./test/run-vitest";

/**
 * `npm test`: everything that needs no server but our own, and last the plain count. `npm run test:engines`: what does.
 * `npm run test:all`: both, with one count. Further arguments go to vitest: `npm test -- lib/sql`.
 */
const [suite = "", ...given] = process.argv.slice(2);
const browserTests = "tests/e2e";

const tallies: Tally[] = [];
if (suite !== "engines") {
  if (given.length > 0) tallies.push(await runVitest(given));
  else tallies.push(await runVitest(["--exclude", `${browserTests}/**`]), await runBrowserTests());
}
if (suite !== "plain") tallies.push(await runVitest(["--config", "vitest.engines.config.ts", ...given]));

const sum = (of: keyof Tally) => tallies.reduce((total, tally) => total + tally[of], 0);
console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
process.exitCode = sum("failed") > 0 ? 1 : 0;

async function runBrowserTests(): Promise<Tally> {
  const files = (await readdir(browserTests).catch(() => [])).filter((name) => name.endsWith(".test.ts"));
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  if (await findChromium()) return runVitest([browserTests, "--no-file-parallelism"]);
  console.log(
    `The browser tests were skipped: no Chromium was found. Each of their files counts as one below.`,
  );
  return { passed: 0, failed: 0, skipped: files.length };
}
