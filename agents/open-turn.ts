import path from "node:path";
import type { Conversation, Run } from "@/db/schema";
import type { Viewer } from "@/lib/auth";
import { config } from "@/lib/config";
import { countedBy } from "@/lib/embed";
import { type Mart, openMart } from "@/lib/mart";
import { openObjectStore } from "@/lib/objects";
import { createPlanner } from "@/lib/planner";
import { processWide } from "@/lib/process-wide";
import { openSearch, type RegistrySearch } from "@/lib/registry/search";
import { unlessStopped } from "@/lib/unless-stopped";
import { dayLedger, languageModelOf } from "./language-model";
import type { MessageWriter } from "./message-writer";
import type { TurnContext } from "./turn";

/**
 * Opens what the nodes of one turn work with.
 * @throws AppError MART_UNKNOWN, MART_DAMAGED, and what the warehouse throws; QUERY_CANCELLED when the signal comes first
 */
export async function openTurn(of: {
  viewer: Viewer;
  conversation: Conversation;
  run: Run;
  message: MessageWriter;
  atWork: Set<Promise<unknown>>;
  signal: AbortSignal;
  /** A turn under way keeps the stamp that it began with; null: the current one. */
  stamp: string | null;
}): Promise<TurnContext> {
  // A warehouse that is asleep or busy may let us wait for minutes. The mart is shared, so its opening goes on.
  const stamp = of.stamp === null ? {} : { stamp: of.stamp };
  const mart = await unlessStopped(openMart(of.conversation.mart, stamp), of.signal);
  const model = languageModelOf(config().planner, of.viewer, {
    conversationId: of.conversation.id,
    runId: of.run.id,
  });
  return {
    viewer: of.viewer,
    conversationId: of.conversation.id,
    runId: of.run.id,
    message: of.message,
    atWork: of.atWork,
    mart,
    search: await unlessStopped(searchOf(mart), of.signal),
    model,
    planner: createPlanner(model),
    store: openObjectStore(),
  };
}

const searches = processWide("searches", () => new WeakMap<Mart, Promise<RegistrySearch>>());
const leaving = processWide("searches end", () => new AbortController());

/** Ends what is still prepared for searches in the background, which would keep a process alive that has done its work. */
export function leaveSearches(): void {
  leaving.abort();
}

/** One index per open mart, kept as long as the mart is. */
export function searchOf(mart: Mart): Promise<RegistrySearch> {
  const { dataDir, embeddings } = config();
  const open =
    searches.get(mart) ??
    openSearch({
      ...{ registry: mart.registry, directory: path.join(dataDir, "index") },
      embeddings: countedBy(dayLedger("search"), embeddings),
      signal: leaving.signal,
    });
  searches.set(mart, open);
  open.catch(() => searches.delete(mart));
  return open;
}
