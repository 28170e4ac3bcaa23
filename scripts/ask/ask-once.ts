import { randomUUID } from "node:crypto";
import type { ApprovalPart, DecisionPart } from "@/agents/parts";
import type { PersonMessage } from "@/agents/read-message";
import { cancel, followRun, start } from "@/agents/run";
import { createConversation, getPendingApproval } from "@/db/queries";
import { terminalViewer } from "@/lib/auth";
import { config } from "@/lib/config";
import { log } from "@/lib/log";
import { printChunk } from "./print-chunk";

/** One request in the terminal: the same door as the browser's, followed until nothing waits any more. */
export async function askOnce(ask: {
  message: string;
  mart?: string;
  conversationId?: string;
  decide: (approval: ApprovalPart) => Promise<DecisionPart | null>;
  signal: AbortSignal;
}): Promise<{ failed: boolean }> {
  const viewer = await terminalViewer(config().dataDir);
  const conversationId =
    ask.conversationId ??
    (
      await createConversation(viewer, {
        title: ask.message.slice(0, 80),
        mart: ask.mart ?? config().defaultMart,
      })
    ).id;
  let message: PersonMessage = { id: randomUUID(), parts: [{ type: "text", text: ask.message }] };
  let failed = false;
  let exported: string | null = null;
  for (;;) {
    const { runId } = await start(viewer, { conversationId, message });
    let waiting: ApprovalPart | null = null;
    const stop = () => {
      cancel(viewer, conversationId).catch((error) => log.error("run not stopped", { runId, error }));
    };
    ask.signal.addEventListener("abort", stop, { once: true });
    for await (const { chunk } of followRun(viewer, runId, {
      after: 0,
      signal: new AbortController().signal,
    })) {
      printChunk(chunk);
      if (chunk.type === "data-approval") waiting = chunk.data;
      if (chunk.type === "data-export") exported = chunk.data.destination;
      if (chunk.type === "data-notice" && chunk.data.level === "error") failed = true;
    }
    ask.signal.removeEventListener("abort", stop);
    const isOpen = waiting && (await getPendingApproval(viewer, conversationId))?.id === waiting.approvalId;
    const data = waiting && isOpen && !ask.signal.aborted ? await ask.decide(waiting) : null;
    if (!data) {
      if (isOpen) console.error("The question stays open.");
      console.error(`\nGo on with: npm run ask -- --conversation ${conversationId} "…"`);
      // Last on stdout, for a script that goes on with the file.
      if (exported) console.log(exported);
      return { failed };
    }
    message = { id: randomUUID(), parts: [{ type: "data-decision", data }] };
  }
}
