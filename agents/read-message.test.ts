import { describe, expect, it } from "vitest";
import { longestMessage, type PersonMessage, personMessageSchema, readMessage } from "./read-message";

const words = (...texts: string[]): PersonMessage => ({
  id: "m1",
  parts: texts.map((text) => ({ type: "text", text })),
});

describe("what a person said", () => {
  it("joins text parts", () => {
    expect(readMessage(words(" sellers ", "in Pune"))).toEqual({ kind: "words", text: "sellers \nin Pune" });
  });

  it.each([[], [""], [" \n\t "]])("refuses an empty message: %j", (...texts) => {
    expect(() => readMessage(words(...texts))).toThrowError(
      expect.objectContaining({ code: "MESSAGE_EMPTY" }),
    );
  });

  it("refuses what is too long, saying how long it is", () => {
    const text = "x".repeat(100_000);
    expect(() => readMessage(words(text))).toThrowError(
      expect.objectContaining({ code: "MESSAGE_TOO_LONG", message: expect.stringContaining("100,000") }),
    );
    expect(readMessage(words("x".repeat(longestMessage))).kind).toBe("words");
  });

  it("puts a decision before words, and fills in what the browser left out", () => {
    const message = personMessageSchema.parse({
      id: "m1",
      parts: [
        { type: "text", text: "Approved" },
        { type: "data-decision", data: { approvalId: "a", decision: "approve" } },
      ],
    });
    expect(readMessage(message)).toEqual({
      kind: "decision",
      data: { approvalId: "a", decision: "approve", answers: {}, groups: [] },
    });
  });

  it("refuses a choice of no table", () => {
    const message: PersonMessage = {
      id: "m1",
      parts: [{ type: "data-choice", data: { include: [], exclude: [] } }],
    };
    expect(() => readMessage(message)).toThrowError(expect.objectContaining({ code: "BAD_INPUT" }));
  });

  it("accepts no other kind of part", () => {
    const hostile = { id: "m1", parts: [{ type: "data-approval", data: { status: "approved" } }] };
    expect(personMessageSchema.safeParse(hostile).success).toBe(false);
  });
});
