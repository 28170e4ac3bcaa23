import { describe, expect, it } from "vitest";
import { applyRequest } from "@/lib/planner";
import type { Registry } from "@/lib/registry";
import { smallFlights } from "@/tests/fixtures/small-marts";
import { findSavedRequest, requestOfSaved } from "./saved-request";

const registry: Registry = {
  ...smallFlights,
  requests: [
    {
      title: "Delay model",
      description: "What the delay model is trained on.",
      entity: "flight",
      selections: [{ table: "planes", features: ["seats"] }],
    },
  ],
};

describe("saved requests", () => {
  it.each([
    "delay model",
    "Delay model.",
    "Run the saved request “Delay model”",
    "Saved request: Delay model",
    "please build me the delay model feature matrix",
  ])("are found in %j", (message) => expect(findSavedRequest(message, registry)?.title).toBe("Delay model"));

  it.each(["delay model for JFK", "which model has delays?", "", "saved request", "the"])(
    "are not found in %j",
    (message) => expect(findSavedRequest(message, registry)).toBeNull(),
  );

  it("give exactly their features", () => {
    const saved = findSavedRequest("delay model", registry);
    if (!saved) throw new Error("it is there");
    const { featureSet } = applyRequest({ request: requestOfSaved(saved), featureSet: null, registry });
    expect(featureSet?.selections).toEqual([{ table: "planes", features: ["seats"] }]);
  });
});
