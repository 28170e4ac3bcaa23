import { z } from "zod";
import { AppError } from "@/lib/errors";
import { count } from "@/lib/figures";
import { type DecisionPart, decisionSchema, type TableChoicePart, tableChoiceSchema } from "./parts";

/** Longer messages are refused before anything reads them. */
export const longestMessage = 20_000;

/** The person's side of the chat: words, an approval decided, or tables toggled. Exactly one of them. */
export const personMessageSchema = z.object({
  id: z.string().min(1).max(64),
  parts: z
    .array(
      z.discriminatedUnion("type", [
        z.object({ type: z.literal("text"), text: z.string() }),
        z.object({
          type: z.literal("data-decision"),
          id: z.string().max(64).optional(),
          data: decisionSchema,
        }),
        z.object({
          type: z.literal("data-choice"),
          id: z.string().max(64).optional(),
          data: tableChoiceSchema,
        }),
      ]),
    )
    .max(10),
});
export type PersonMessage = z.infer<typeof personMessageSchema>;

export type Said =
  | { kind: "words"; text: string }
  | { kind: "decision"; data: DecisionPart }
  | { kind: "choice"; data: TableChoicePart };

/** @throws AppError MESSAGE_EMPTY, MESSAGE_TOO_LONG */
export function readMessage({ parts }: PersonMessage): Said {
  for (const part of parts) {
    if (part.type === "data-decision") return { kind: "decision", data: part.data };
    if (part.type === "data-choice") {
      if (part.data.include.length + part.data.exclude.length === 0) {
        throw new AppError("BAD_INPUT", "No table was taken in or out. Toggle one first.");
      }
      return { kind: "choice", data: part.data };
    }
  }
  const text = parts
    .flatMap((part) => (part.type === "text" ? [part.text] : []))
    .join("\n")
    .trim();
  if (text.length === 0) throw new AppError("MESSAGE_EMPTY");
  if (text.length > longestMessage) {
    throw new AppError(
      "MESSAGE_TOO_LONG",
      `The message has ${count(text.length)} characters; at most ${count(longestMessage)} are read. Say what you need in fewer words.`,
    );
  }
  return { kind: "words", text };
}
