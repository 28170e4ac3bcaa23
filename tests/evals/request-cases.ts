import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

const turnSchema = z.object({
  say: z.string(),
  intent: z.string(),
  rows: z.string().default(""),
  /** `geo`: the whole table. `geo:a,b`: two features. `family=`, `window=`, `nulls<=`, `-feature`: those that fit. */
  features: z.array(z.string()).default([]),
  /** `COLUMN operator value|value`. */
  filters: z.array(z.string()).default([]),
  pii: z.boolean().default(false),
  asOf: z.string().nullable().default(null),
  stamp: z.string().nullable().default(null),
  /** `reason`, or `reason:phrase`. */
  unresolved: z.array(z.string()).default([]),
  subject: z.string().nullable().default(null),
  delays: z.record(z.string(), z.number()).default({}),
  paths: z.record(z.string(), z.string()).default({}),
});

const caseSchema = z.object({
  id: z.string(),
  /** Never looked at while the planner is tuned. */
  heldOut: z.boolean().default(false),
  mart: z.enum(["marketplace", "flights"]).default("marketplace"),
  turns: z.array(turnSchema).min(1),
});

export type RequestCase = z.infer<typeof caseSchema>;
export type ExpectedTurn = z.infer<typeof turnSchema>;

/** The written conversations, each turn with what should come of it. */
export function readRequestCases(): RequestCase[] {
  const text = readFileSync(path.join(import.meta.dirname, "requests.jsonl"), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => caseSchema.parse(JSON.parse(line)));
}
