import { readdir } from "node:fs/promises";
import { findChromium } from "@/tests/support/find-chromium";
import { runVitest, type Tally } from "./test/run-vitest";

/** `npm test`: everything, and last the plain count. With arguments, vitest gets them: `npm test -- lib/sql`. */
const browserTests = "tests/e2e";
const given = process.argv.slice(2);

const tallies =
  given.length > 0
    ? [await runVitest(given)]
    : [await runVitest(["--exclude", `${browserTests}/**`]), await runBrowserTests()];
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
