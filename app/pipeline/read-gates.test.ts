import { mkdtemp } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { openObjectStore } from "@/lib/objects";
import { stepFiles } from "@/lib/pipeline/step-context";
import { type GateReport, summarizeGates } from "@/lib/quality/gates";
import { aRunOf } from "@/tests/support/a-run-of";
import { setUpDataFolder } from "@/tests/support/data-folder";
import { readGates } from "./read-gates";

const parameters = { mart: "auto-marketplace", stamp: "v2026.11", start: "", end: "", previous: null };

const folder = setUpDataFolder();

/** What the gate step of a run of this stamp leaves, in the place of what was there. */
async function leaveGates(halted: boolean) {
  const counts = { pass: 1, warn: 0, halt: halted ? 1 : 0, insufficient: 0, no_reference: 0 };
  const check = {
    check: "rows" as const,
    table: "SHOPS",
    column: null,
    value: 9,
    limit: 6,
    text: "SHOPS has 9 rows.",
  };
  const report: GateReport = {
    ...{ stamp: parameters.stamp, reference: null, halted, counts, drift: [] },
    checks: [{ ...check, verdict: halted ? "halt" : "pass" }],
  };
  const scratch = await mkdtemp(path.join(folder(), "scratch-"));
  const files = stepFiles(openObjectStore(), parameters, "gate", scratch);
  await files.writeJson("gates.json", report);
  await files.writeJson("gates-summary.json", summarizeGates(report));
  return files.written;
}

it("gives the verdict of the run's own gate, and none of another run of the stamp", async () => {
  const halted = aRunOf(parameters, { gate: { status: "halted", files: await leaveGates(true) } });
  expect(await readGates(halted, "")).toMatchObject({ halted: true, failed: { all: 1 } });
  expect(await readGates(halted, "shops")).toMatchObject({ halted: true, failed: { all: 1 } });

  const passed = aRunOf(parameters, { gate: { status: "succeeded", files: await leaveGates(false) } });
  expect(await readGates(passed, "")).toMatchObject({ halted: false });
  for (const query of ["", "shops"]) expect(await readGates(halted, query)).toBeNull();
  for (const status of ["pending", "running", "failed", "cancelled"] as const) {
    for (const query of ["", "shops"]) {
      expect(await readGates(aRunOf(parameters, { gate: { status } }), query), status).toBeNull();
    }
  }
});

it("gives a run that began later the verdict that it builds on", async () => {
  const files = await leaveGates(false);
  const later = aRunOf(parameters, { gate: { status: "reused", files } }, { fromStep: "publish" });
  expect(await readGates(later, "")).toMatchObject({ halted: false });
});
