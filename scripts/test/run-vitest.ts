import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** What we read of vitest's JSON report. */
interface Report {
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/** Runs vitest in a process of its own, showing what it says unless `quiet`. A crash of it counts as a failure. */
export async function runVitest(args: string[], { quiet = false } = {}): Promise<Tally> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "feature-mart-report-"));
  const file = path.join(folder, "report.json");
  try {
    const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
    const exitCode = await vitest([...args, ...reporters], quiet);
    const report: Report | null = await readFile(file, "utf8")
      .then(JSON.parse)
      .catch(() => null);
    return count(report, exitCode);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Beside the failed tests, a failure is: a file that could not be loaded or whose set-up failed, a run without any test,
 * and a run that ended badly although all its tests passed.
 */
function count(report: Report | null, exitCode: number): Tally {
  const files = report?.testResults ?? [];
  const results = files.flatMap((file) => file.assertionResults.map(({ status }) => status));
  const broken = files.filter(
    (file) => file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed"),
  );
  const counted = (wanted: string) => results.filter((status) => status === wanted).length;
  const [passed, failedTests] = [counted("passed"), counted("failed")];
  const failed = failedTests + broken.length;
  const endedBadly = failed === 0 && (exitCode !== 0 || results.length === 0);
  return { passed, failed: failed + (endedBadly ? 1 : 0), skipped: results.length - passed - failedTests };
}

function vitest(args: string[], quiet: boolean): Promise<number> {
  const program = path.join(process.cwd(), "node_modules", "vitest", "vitest.mjs");
  const output = quiet ? "ignore" : "inherit";
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, "run", ...args], {
      stdio: ["ignore", output, output],
    });
    child.on("error", () => resolve(1));
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
