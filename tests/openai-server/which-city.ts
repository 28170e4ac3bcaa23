import { z } from "zod";
import { type Question, readJson, strictJsonSchema } from "@/lib/language-model";
import type { ScriptedReply } from "./openai-server";

const schema = z.strictObject({ city: z.enum(["Pune", "Mumbai"]) });
type City = z.infer<typeof schema>;

/** A small question, and replies that fit it and do not. */
export const question: Question<City> = {
  purpose: "test",
  turns: [{ role: "user", content: "Which city?" }],
  schema: strictJsonSchema(schema),
  check(answer) {
    const parsed = schema.safeParse(readJson(answer));
    return parsed.success ? { value: parsed.data } : { problems: ["There is no such city."] };
  },
};
export const pune: ScriptedReply = { kind: "say", content: { city: "Pune" } };
export const atlantis: ScriptedReply = { kind: "say", content: { city: "Atlantis" } };
