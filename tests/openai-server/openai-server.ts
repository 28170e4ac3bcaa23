import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the server does with one request. */
export type ScriptedReply =
  /** A completion; an object is sent as JSON text. Streamed in small pieces when the request asks for a stream. */
  | { kind: "say"; content: unknown }
  | { kind: "refuse"; refusal: string }
  | { kind: "fail"; status: number; headers?: Record<string, string>; body?: unknown }
  /** Accepts the request and never answers. */
  | { kind: "silence" }
  /** Begins to stream and closes the connection half way; with `hang`, leaves it open. */
  | { kind: "cut"; content: string; hang?: boolean };

export interface ReceivedRequest {
  path: string;
  authorization: string;
  body: {
    model: string;
    stream?: boolean;
    messages: { role: string; content: string }[];
    response_format?: { type: string; json_schema?: { schema: Record<string, unknown>; strict?: boolean } };
  };
}

export interface OpenAiServer {
  /** To be used as the base URL of a client. */
  readonly baseUrl: string;
  readonly received: ReceivedRequest[];
  /** Replies are taken in order; the last one is repeated. */
  script(...replies: ScriptedReply[]): void;
  close(): Promise<void>;
}

/** A small server that speaks the chat-completions protocol, JSON and server-sent events, and follows a script. */
export async function startOpenAiServer(): Promise<OpenAiServer> {
  const received: ReceivedRequest[] = [];
  let replies: ScriptedReply[] = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse((await read(request)) || "{}");
    received.push({ path: request.url ?? "", authorization: request.headers.authorization ?? "", body });
    const next = replies.length > 1 ? replies.shift() : replies[0];
    if (request.url !== "/v1/chat/completions" || !next)
      return sendJson(response, 404, { error: { message: "not here" } });
    reply(response, next, body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    received,
    script(...next) {
      replies = next;
      received.length = 0;
    },
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

function reply(response: ServerResponse, next: ScriptedReply, body: ReceivedRequest["body"]): void {
  if (next.kind === "silence") return;
  if (next.kind === "fail") {
    sendJson(response, next.status, next.body ?? { error: { message: "scripted failure" } }, next.headers);
  } else if (next.kind === "refuse") {
    sendMessage(response, body, [{ role: "assistant", content: null, refusal: next.refusal }]);
  } else if (next.kind === "say") {
    const content = typeof next.content === "string" ? next.content : JSON.stringify(next.content);
    sendMessage(response, body, body.stream ? piecesOf(content) : [{ role: "assistant", content }]);
  } else {
    openStream(response);
    for (const piece of piecesOf(next.content)) sendChunk(response, body.model, piece);
    if (!next.hang) setImmediate(() => response.destroy());
  }
}

function sendMessage(response: ServerResponse, body: ReceivedRequest["body"], pieces: object[]): void {
  if (body.stream) stream(response, body.model, pieces);
  else sendJson(response, 200, completion(body.model, pieces[0] ?? {}));
}

function completion(model: string, message: object) {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model,
    choices: [{ index: 0, message, finish_reason: "stop" }],
    usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
  };
}

function stream(response: ServerResponse, model: string, deltas: object[]): void {
  openStream(response);
  for (const delta of deltas) sendChunk(response, model, delta);
  sendChunk(response, model, {}, "stop");
  const { usage } = completion(model, {});
  const last = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model, choices: [], usage };
  response.end(`data: ${JSON.stringify(last)}\n\ndata: [DONE]\n\n`);
}

function openStream(response: ServerResponse): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
}

function sendChunk(
  response: ServerResponse,
  model: string,
  delta: object,
  finish: string | null = null,
): void {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  const chunk = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model, choices };
  response.write(`data: ${JSON.stringify(chunk)}\n\n`);
}

function piecesOf(content: string): object[] {
  return (content.match(/[\s\S]{1,40}/g) ?? [""]).map((piece) => ({ role: "assistant", content: piece }));
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString("utf8");
}
