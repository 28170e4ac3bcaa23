import { describe, expect, it } from "vitest";
import { offlinePlanner } from "@/lib/planner";
import { copyWorldMart } from "../support/demo-mart";
import { readRequestCases } from "./request-cases";
import { type CaseOutcome, runRequests } from "./run-requests";

/** What the offline planner reached, less two: raise these when it gets better. */
const floor = { tuned: 168, heldOut: 40 };

/** Of a size that other tests build too. */
const publish = (dataDir: string) => copyWorldMart(400, dataDir);

describe("the written requests", () => {
  it("come out exactly right no less often than they did", async () => {
    const outcomes = await runRequests(readRequestCases(), offlinePlanner(), publish);
    const wrong = outcomes.filter(({ differences }) => differences.length > 0).map((one) => one.case.id);
    expect(right(outcomes.filter((one) => !one.case.heldOut)), `wrong: ${wrong}`).toBeGreaterThanOrEqual(
      floor.tuned,
    );
    expect(right(outcomes.filter((one) => one.case.heldOut)), `wrong: ${wrong}`).toBeGreaterThanOrEqual(
      floor.heldOut,
    );
  }, 180_000);

  it("are at least 80, each with an id of its own, a quarter of them held out", () => {
    const cases = readRequestCases();
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
    expect(cases.length).toBeGreaterThanOrEqual(80);
    expect(cases.filter(({ heldOut }) => heldOut).length * 4).toBeGreaterThanOrEqual(cases.length);
  });
});

function right(outcomes: CaseOutcome[]): number {
  return outcomes.filter(({ differences }) => differences.length === 0).length;
}
