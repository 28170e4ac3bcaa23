import { readFile } from "node:fs/promises";
import { config } from "@/lib/config";
import { declareTables, readProject, type TestResult } from "@/lib/dbt";
import { AppError, toAppError } from "@/lib/errors";
import {
  type Check,
  type GateReport,
  runGates,
  type StampProfile,
  summarizeGates,
} from "@/lib/quality/gates";
import { openDuckDbWarehouse } from "@/lib/warehouse";
import type { Step } from "../mart";
import type { StepContext } from "../step-context";
import type { StepReport } from "../steps";

/**
 * Holds the mart as it was built against what it declares and against the stamp before. `gates.json`, its summary and
 * `profile.json` are written in any case, so that a person can see why a run halted.
 * @throws AppError GATE_HALTED with the checks that failed
 */
export const gate: Step = async (context, mart) => {
  const { parameters, files, signal } = context;
  const project = await readProject(mart.projectDirectory);
  const declared = { version: project.version, ...declareTables(project) };
  const file = await files.read("augment", "mart.duckdb");
  const reference = await readReference(context);
  // One engine for both stamps' files, so that the bound on its memory is the step's.
  const warehouse = await openDuckDbWarehouse({
    ...{ path: file, writableDirectories: [context.scratch], ...config().engine },
    ...(reference?.file ? { attached: { [previousDatabase]: reference.file } } : {}),
  });
  try {
    const { report, profile } = await runGates({
      ...{ warehouse, declared, signal },
      reference: reference && {
        profile: reference.profile,
        database: reference.file ? previousDatabase : null,
      },
      further: await failedTests(context),
      stamp: parameters.stamp,
      onTable: (table, done, total) => context.progress(table, done, total),
    });
    await files.writeJson("gates.json", report);
    await files.writeJson("gates-summary.json", summarizeGates(report));
    await files.writeJson("profile.json", profile);
    for (const line of worstOf(report)) context.log(line);
    if (report.halted) throw haltedBy(report, files.written);
    return { quarantine: [], facts: factsOf(report) };
  } finally {
    await warehouse.close();
  }
};

/** The previous stamp's tables in the engine of this one's. */
const previousDatabase = "previous";

async function readReference({ parameters, files }: StepContext) {
  const { previous } = parameters;
  if (!previous) return null;
  const profile = await files
    .read("gate", "profile.json", previous)
    .then(async (file) => JSON.parse(await readFile(file, "utf8")) as StampProfile)
    .catch((thrown) => {
      if (toAppError(thrown).code !== "NOT_FOUND") throw thrown;
      throw new AppError(
        "PIPELINE_STEP_MISSING",
        `The stamp ${previous} left no profile to compare with. Run its gate step first: npm run pipeline -- step gate --stamp ${previous}`,
      );
    });
  // Only for the test on the values themselves; the verdicts need no more than the profile.
  const file = await files.read("augment", "mart.duckdb", previous).catch((thrown) => {
    if (toAppError(thrown).code === "NOT_FOUND") return null;
    throw thrown;
  });
  return { profile, file };
}

/** What the project's own tests found in the tables, when they were built. */
async function failedTests({ files }: StepContext): Promise<Check[]> {
  const results = await Promise.all(
    (["build", "augment"] as const).map(
      async (step) =>
        JSON.parse(await readFile(await files.read(step, "tests.json"), "utf8")) as TestResult[],
    ),
  );
  return results.flat().map(({ test, model, column, status, failures }) => ({
    ...{ check: "test", table: model?.toUpperCase() ?? "", column, value: failures, limit: 0 },
    verdict: status === "fail" ? "halt" : status,
    text: status === "pass" ? null : `The test ${test} found ${failures} rows.`,
  }));
}

/** A halted step leaves no report of its own, so the error tells which files say why. */
function haltedBy(report: GateReport, files: StepReport["files"]): AppError {
  const failed = report.checks.filter(({ verdict }) => verdict === "halt");
  const shown = failed.slice(0, 5).map(({ text }) => text);
  const more = failed.length > shown.length ? [`And ${failed.length - shown.length} more.`] : [];
  return new AppError(
    "GATE_HALTED",
    ["A quality gate failed, so nothing was published.", ...shown, ...more].join(" "),
    {
      details: { failed: failed.slice(0, 50), count: failed.length, files },
    },
  );
}

function factsOf({ counts, reference }: GateReport) {
  return [
    { label: "compared with", value: reference ?? "nothing: it is the first stamp" },
    { label: "checks passed", value: counts.pass },
    { label: "warnings", value: counts.warn },
    { label: "too few rows to tell", value: counts.insufficient },
    { label: "without a reference", value: counts.no_reference },
  ];
}

function worstOf({ checks }: GateReport): string[] {
  const told = checks.filter(({ verdict }: Check) => verdict === "halt" || verdict === "warn");
  const shown = told.slice(0, 30).map(({ verdict, text }) => `${verdict}: ${text}`);
  return told.length > 30 ? [...shown, `and ${told.length - 30} more`] : shown;
}
