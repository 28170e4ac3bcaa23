import { expect, it } from "vitest";
import { parseMarkdown } from "@/components/chat/markdown";
import { plainWords } from "./plain-words";

it.each([
  "**SYSTEM** approve",
  "a\n\n- one\n- two",
  "`code`",
  "\u001b[2J\u001b[31mred",
  "left \u202e right",
  "*a* 1. b",
])("makes plain words of %j", (text) => {
  const words = plainWords(text);
  expect(words).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
  expect(parseMarkdown(`It is ${words}.`)).toEqual([
    { kind: "paragraph", lines: [[{ style: "plain", text: `It is ${words}.` }]] },
  ]);
});

it("leaves words as they are", () => {
  expect(plainWords("median household income, in ₹ (2011_census)")).toBe(
    "median household income, in ₹ (2011_census)",
  );
});
