import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { hashedVector } from "./hashed-vector";
import { reply, type ScriptedReply, sendJson } from "./replies";

export type { ScriptedReply } from "./replies";

export interface ReceivedRequest {
  path: string;
  authorization: string;
  body: {
    model: string;
    stream?: boolean;
    max_tokens?: number;
    messages: { role: string; content: string }[];
    response_format?: { type: string; json_schema?: { schema: Record<string, unknown>; strict?: boolean } };
    /** Of a request for vectors. */
    input?: string[];
  };
}

export interface OpenAiServer {
  /** To be used as the base URL of a client. */
  readonly baseUrl: string;
  readonly received: ReceivedRequest[];
  /** Replies to chats, taken in order; the last one is repeated. */
  script(...replies: ScriptedReply[]): void;
  /** Replies to requests for vectors, taken in order; after the last one, and by default, the vectors themselves. */
  scriptVectors(...replies: ScriptedReply[]): void;
  close(): Promise<void>;
}

/** What the server counts of a text that it made a vector of. */
export const tokensPerText = 3;

/**
 * A small server that speaks the chat-completions protocol, JSON and server-sent events, and follows a script; its vectors
 * are a text's words, hashed into so many dimensions, with a `bias` that brings all of them near each other.
 */
export async function startOpenAiServer({ dimensions = 64, bias = 0 } = {}): Promise<OpenAiServer> {
  const received: ReceivedRequest[] = [];
  let chats: ScriptedReply[] = [];
  let vectors: ScriptedReply[] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse((await read(request)) || "{}") as ReceivedRequest["body"];
    const { url = "", headers } = request;
    received.push({ path: url, authorization: headers.authorization ?? "", body });
    if (url === "/v1/chat/completions" && chats[0]) {
      return reply(response, (chats.length > 1 ? chats.shift() : chats[0]) as ScriptedReply, body);
    }
    if (url !== "/v1/embeddings") return sendJson(response, 404, { error: { message: "not here" } });
    const scripted = vectors.shift();
    if (scripted) return reply(response, scripted, body);
    const data = (body.input ?? []).map((text, index) => ({
      ...{ object: "embedding", index, embedding: hashedVector(text, dimensions, bias) },
    }));
    const tokens = tokensPerText * data.length;
    const usage = { prompt_tokens: tokens, total_tokens: tokens };
    sendJson(response, 200, { object: "list", data, model: body.model, usage });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    received,
    script(...next) {
      chats = next;
      received.length = 0;
    },
    scriptVectors(...next) {
      vectors = next;
      received.length = 0;
    },
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
