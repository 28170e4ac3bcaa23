import { runVitest, type Tally } from "./test/run-vitest";

/**
 * `npm test`: everything that needs no server but our own, and last the plain count. `npm run test:engines`: what does.
 * `npm run test:all`: both, with one count. Further arguments go to vitest: `npm test -- lib/sql`.
 */
const [suite = "", ...given] = process.argv.slice(2);

const tallies: Tally[] = [];
if (suite !== "engines") tallies.push(await runVitest(given));
if (suite !== "plain") tallies.push(await runVitest(["--config", "vitest.engines.config.ts", ...given]));

const sum = (of: keyof Tally) => tallies.reduce((total, tally) => total + tally[of], 0);
console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
process.exitCode = sum("failed") > 0 ? 1 : 0;
