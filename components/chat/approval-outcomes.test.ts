import { describe, expect, it } from "vitest";
import type { ApprovalPart } from "@/agents/parts";
import { approvalOutcomes, findApproval } from "./approval-outcomes";
import type { ChatMessage } from "./types";

const asked = (approvalId: string, status: ApprovalPart["status"] = "pending"): ChatMessage => ({
  id: `asks-${approvalId}`,
  role: "assistant",
  parts: [
    {
      type: "data-approval",
      id: "q",
      data: {
        approvalId,
        kind: "export",
        title: "Export?",
        status,
        questions: [],
        groups: [],
        exportOf: null,
      },
    },
  ],
});
const decided = (approvalId: string, decision: "approve" | "reject"): ChatMessage => ({
  id: `answers-${approvalId}`,
  role: "user",
  parts: [{ type: "data-decision", data: { approvalId, decision, answers: {}, groups: [] } }],
});
const said: ChatMessage = {
  id: "words",
  role: "user",
  parts: [{ type: "text", text: "without the trend table" }],
};

describe("approvalOutcomes", () => {
  it.each([
    ["stays pending while nothing follows", [asked("a")], "pending"],
    ["is approved by the person's yes", [asked("a"), decided("a", "approve")], "approved"],
    ["is rejected by the person's no", [asked("a"), decided("a", "reject")], "rejected"],
    ["is answered by words", [asked("a"), said], "superseded"],
    [
      "is answered by words before a decision on another",
      [asked("a"), said, asked("b"), decided("b", "approve")],
      "superseded",
    ],
    ["keeps what the server stored", [asked("a", "rejected"), said], "rejected"],
  ] as const)("%s", (_title, messages, status) => {
    expect(approvalOutcomes([...messages]).get("a")?.status).toBe(status);
  });

  it("keeps what was clicked, also when the server has stored the outcome", () => {
    const outcome = approvalOutcomes([asked("a", "approved"), decided("a", "approve")]).get("a");
    expect(outcome).toMatchObject({ status: "approved", decision: { approvalId: "a" } });
  });

  it("leaves a question open that came after the words", () => {
    expect(approvalOutcomes([asked("a"), said, asked("b")]).get("b")?.status).toBe("pending");
  });
});

it("finds a question by its id", () => {
  expect(findApproval([said, asked("a")], "a")?.title).toBe("Export?");
  expect(findApproval([said], "a")).toBeUndefined();
});
