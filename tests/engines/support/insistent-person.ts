import { setTimeout as delay } from "node:timers/promises";
import type { MessageChunk } from "@/agents/message-writer";
import type { PersonMessage } from "@/agents/read-message";
import { followRun, start } from "@/agents/run";
import { createConversation } from "@/db/queries";
import type { Viewer } from "@/lib/auth";
import { toAppError } from "@/lib/errors";
import { type Heard, heard, words } from "@/tests/support/turns";

/** What persons met with, beside answers. */
export interface Troubles {
  /** Requests that were told to try again, as the database or the turn was not there yet, and were made again. */
  refused: number;
  /** Answers that ended in a failure, as their codes say. */
  failures: string[];
}

/**
 * A person whose browser sends a message again until it is taken, and asks for the answer again until it is whole. Every
 * message that is sent is put down in `sent`.
 */
export function insistentPerson(viewer: Viewer, sent: PersonMessage[], troubles: Troubles) {
  async function insist<T>(request: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await request();
      } catch (thrown) {
        // The end of an answer may be seen before the database takes down that its run is over.
        if (!["DATABASE_UNAVAILABLE", "RUN_ACTIVE"].includes(toAppError(thrown).code)) throw thrown;
        troubles.refused += 1;
        await delay(300);
      }
    }
  }

  async function tell(conversationId: string, said: PersonMessage | string): Promise<Heard> {
    const message = typeof said === "string" ? words(said) : said;
    sent.push(message);
    const { runId } = await insist(() => start(viewer, { conversationId, message }));
    const chunks: MessageChunk[] = [];
    let after = 0;
    await insist(async () => {
      const signal = new AbortController().signal;
      for await (const { sequence, chunk } of followRun(viewer, runId, { after, signal })) {
        after = sequence;
        chunks.push(chunk);
      }
    });
    const answer = heard(chunks);
    for (const { level, code } of answer.parts("notice")) {
      if (level === "error") troubles.failures.push(code ?? "");
    }
    return answer;
  }

  return {
    tell,
    begin: async () =>
      (await insist(() => createConversation(viewer, { title: "Under load", mart: "auto-marketplace" }))).id,
  };
}
