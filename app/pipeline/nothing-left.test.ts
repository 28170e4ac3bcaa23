import { expect, it } from "vitest";
import { aRunOf } from "@/tests/support/a-run-of";
import { sayNothingLeft } from "./nothing-left";

const parameters = { mart: "auto-marketplace", stamp: "v2026.11", start: "", end: "", previous: null };

it("says why there is nothing of a run to see, by what became of its step", () => {
  const said = (...[steps, run]: [Parameters<typeof aRunOf>[1], Parameters<typeof aRunOf>[2]]) =>
    sayNothingLeft(aRunOf(parameters, steps, run), "gate", false);
  expect(said({}, { status: "cancelled" })).toBe(
    "This run was cancelled before it came to gate, so there is nothing to see here.",
  );
  expect(said({ extract: { status: "failed" } }, { status: "failed" })).toContain(
    "failed before it came to gate",
  );
  expect(said({ build: { status: "running" } }, { status: "running" })).toContain("has not come to gate yet");
  expect(said({}, { status: "queued" })).toContain("has not come to gate yet");
  expect(said({ gate: { status: "running" } }, {})).toContain("This run is at gate.");
  expect(said({ gate: { status: "cancelled" } }, { status: "cancelled" })).toContain("gate was cancelled");
  expect(said({ gate: { status: "failed" } }, { status: "failed" })).toContain("gate failed");
});

it("says that a step that ended was begun anew by a later run, or else that its files are gone", () => {
  for (const status of ["succeeded", "halted", "reused"] as const) {
    const run = aRunOf(parameters, { gate: { status } }, { status: "succeeded" });
    expect(sayNothingLeft(run, "gate", true)).toBe(
      "A later run of v2026.11 began gate anew, and what this run left is gone.",
    );
    expect(sayNothingLeft(run, "gate", false)).toContain("is there no longer");
  }
});
