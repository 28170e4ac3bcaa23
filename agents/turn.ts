import { Annotation, type LangGraphRunnableConfig } from "@langchain/langgraph";
import type { Viewer } from "@/lib/auth";
import type { LanguageModel } from "@/lib/language-model";
import type { Mart } from "@/lib/mart";
import type { ObjectStore } from "@/lib/objects";
import type { Planner } from "@/lib/planner";
import type { RegistrySearch } from "@/lib/registry/search-port";
import type { MessageWriter } from "./message-writer";
import type { MessageParts, ProgressPart } from "./parts";

/** What a node may use beside the state: handed in by `drive.ts`, never checkpointed. */
export const TurnContext = Annotation.Root({
  viewer: Annotation<Viewer>,
  conversationId: Annotation<string>,
  runId: Annotation<string>,
  mart: Annotation<Mart>,
  search: Annotation<RegistrySearch>,
  /** The language model, where the settings name one; what it may take is of this run. */
  model: Annotation<LanguageModel | null>,
  planner: Annotation<Planner>,
  store: Annotation<ObjectStore>,
  /** The assistant message being written. */
  message: Annotation<MessageWriter>,
  /** The nodes at work: a graph that is stopped does not wait for them, the turn does. */
  atWork: Annotation<Set<Promise<unknown>>>,
});
export type TurnContext = typeof TurnContext.State;

export type NodeConfig = LangGraphRunnableConfig<TurnContext>;

/** What nodes send out: each is stored, then passed on to the browser. */
export type TurnEvent =
  | {
      [K in keyof MessageParts]: { kind: "part"; type: K; id: string; data: MessageParts[K] };
    }[keyof MessageParts]
  | { kind: "text"; id: string; text: string };

export function turn(config: NodeConfig): TurnContext & { signal: AbortSignal | undefined } {
  if (!config.context) throw new Error("The graph was run without its turn context.");
  return { ...config.context, signal: config.signal };
}

/**
 * A node that is over only when what it sent is stored. LangGraph checkpoints it after that, so a part is never lost:
 * after a crash the node either runs again, or all it said is there.
 */
export function delivered<S, U>(node: (state: S, config: NodeConfig) => Promise<U>) {
  return async (state: S, config: NodeConfig): Promise<U> => {
    const { message, atWork } = turn(config);
    const work = node(state, config).then(async (update) => {
      await message.delivered();
      return update;
    });
    atWork.add(work);
    return work.finally(() => atWork.delete(work));
  };
}

/**
 * Sends a part. The id must be the same when the node runs again after a crash, so that the part is replaced and not
 * doubled: parts of one kind are numbered within a step of the graph, which a checkpoint makes repeatable.
 */
export function sendPart<K extends keyof MessageParts>(
  config: NodeConfig,
  type: K,
  data: MessageParts[K],
  name = "",
): void {
  turn(config).message.send({
    kind: "part",
    type,
    id: partId(config, type, name),
    data,
  } as TurnEvent);
}

/** Sends words. */
export function sendText(config: NodeConfig, text: string): void {
  turn(config).message.send({ kind: "text", id: partId(config, "text", ""), text });
}

/** Runs `work` under a progress line, which ends with a tick and the time it took, or a cross. */
export async function withProgress<T>(
  config: NodeConfig,
  step: ProgressPart["step"],
  label: string,
  /** May tell who is waited for. */
  work: (tell: (detail: string) => void) => Promise<T>,
  /** An error that is no failure, but for instance a question to put. */
  isExpected: (error: unknown) => boolean = () => false,
): Promise<T> {
  const startedAt = performance.now();
  let told: string | undefined;
  let isOver = false;
  const send = (state: ProgressPart["state"]) =>
    sendPart(
      config,
      "progress",
      state === "running"
        ? { step, label, state, ...(told ? { detail: told } : {}) }
        : { step, label, state, milliseconds: Math.round(performance.now() - startedAt) },
      label,
    );
  send("running");
  try {
    const result = await work((detail) => {
      if (isOver || detail === told) return;
      told = detail;
      send("running");
    });
    isOver = true;
    send("done");
    return result;
  } catch (error) {
    isOver = true;
    send(isExpected(error) ? "done" : "failed");
    throw error;
  }
}

function partId(config: NodeConfig, type: string, name: string): string {
  const step = config.metadata?.langgraph_step ?? 0;
  return name ? `${step}-${type}-${name}` : `${step}-${type}`;
}
