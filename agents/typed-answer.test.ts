import { describe, expect, it } from "vitest";
import type { ApprovalPayload } from "./approval";
import { readTypedAnswer } from "./typed-answer";

const group = (id: string, proposed: boolean) => ({
  id,
  title: id,
  table: id.toUpperCase(),
  features: ["a"],
  reason: "",
  proposed,
});
const base = { title: "", featureSetHash: "f", resultId: "r", exportOf: null };
const enrich: ApprovalPayload = {
  ...base,
  kind: "enrich",
  questions: [],
  groups: [group("trend", true), group("market", false)],
};
const clarify: ApprovalPayload = {
  ...base,
  kind: "clarify",
  groups: [],
  questions: [
    {
      id: "value:city",
      text: "Which city?",
      choices: [
        { id: "Pune", label: "Pune", proposed: false },
        { id: "Surat", label: "Surat", proposed: true },
      ],
    },
  ],
};

describe("a message typed while a question waits", () => {
  it.each(["yes", "Yes.", "go ahead", "OK!", "sounds good"])("takes the proposal on %j", (text) => {
    expect(readTypedAnswer(text, enrich)).toMatchObject({
      decision: "approve",
      groups: ["trend"],
      feedback: null,
    });
    expect(readTypedAnswer(text, clarify)).toMatchObject({
      decision: "approve",
      answers: { "value:city": "Surat" },
    });
  });

  it.each(["export it", "Stamp and export it.", "yes, export it please"])(
    "exports on %j, where that is asked",
    (text) => {
      const question: ApprovalPayload = { ...base, kind: "export", questions: [], groups: [] };
      expect(readTypedAnswer(text, question)).toMatchObject({ decision: "approve", feedback: null });
      expect(readTypedAnswer(text, enrich)).toMatchObject({ decision: "reject", feedback: text });
      expect(readTypedAnswer("export it to my bucket", question)).toMatchObject({ decision: "reject" });
    },
  );

  it.each(["no", "No thanks.", "skip it"])("declines on %j", (text) => {
    expect(readTypedAnswer(text, enrich)).toMatchObject({ decision: "reject", groups: [], feedback: null });
  });

  it("takes every group on “all of them”", () => {
    expect(readTypedAnswer("all of them", enrich).groups).toEqual(["trend", "market"]);
  });

  it.each(["Pune", "1", "pune."])("chooses by label or number: %j", (text) => {
    expect(readTypedAnswer(text, clarify)).toMatchObject({
      decision: "approve",
      answers: { "value:city": "Pune" },
    });
  });

  it.each([
    "yes, but without the trend table",
    "drop columns with more than 20% nulls",
    "approve everything and export to my bucket",
    "3",
    "what does poi_count_1km mean?",
  ])("approves nothing on other words: %j", (text) => {
    expect(readTypedAnswer(text, clarify)).toMatchObject({ decision: "reject", feedback: text });
    expect(readTypedAnswer(text, enrich)).toMatchObject({ decision: "reject", feedback: text });
  });
});
