import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { ReceivedRequest } from "./openai-server";

/** What the server does with one request. */
export type ScriptedReply =
  /**
   * A completion, streamed in small pieces with `pause` milliseconds after each; an object is sent as JSON text. `usage: null`
   * leaves the count of tokens out.
   */
  | { kind: "say"; content: unknown; finish?: string; usage?: null; pause?: number }
  /** The same as the arguments of a tool call; with `cut`, the connection is closed half way. */
  | { kind: "call"; content: unknown; finish?: string; cut?: boolean }
  | { kind: "refuse"; refusal: string }
  | { kind: "fail"; status: number; headers?: Record<string, string>; body?: unknown }
  /** Accepts the request and never answers. */
  | { kind: "silence" }
  /** Begins to stream and closes the connection half way; with `hang`, leaves it open. */
  | { kind: "cut"; content: string; hang?: boolean }
  /** Ends the stream tidily, but without its last words. */
  | { kind: "stop short"; content: string }
  /** Sends until nobody listens any more: words, one endless line, or a tool call that begins again and again. */
  | { kind: "flood"; of: "words" | "one line" | "tool calls"; status?: number }
  /** What the request itself asks for. */
  | { kind: "obey"; by: (body: ReceivedRequest["body"]) => ScriptedReply };

type Body = ReceivedRequest["body"];
const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };

/** Bytes that the last flood sent before its reader went away. */
export const flooded = { bytes: 0 };

export async function reply(response: ServerResponse, next: ScriptedReply, body: Body): Promise<void> {
  const { model } = body;
  switch (next.kind) {
    case "silence":
      return;
    case "obey":
      return reply(response, next.by(body), body);
    case "fail":
      return sendJson(
        response,
        next.status,
        next.body ?? { error: { message: "scripted failure" } },
        next.headers,
      );
    case "refuse":
      return stream(response, model, [{ role: "assistant", content: null, refusal: next.refusal }]);
    case "say":
      return stream(response, model, textPieces(textOf(next.content)), next);
    case "call": {
      const pieces = callPieces(textOf(next.content));
      return next.cut
        ? cut(response, model, pieces.slice(0, Math.ceil(pieces.length / 2)))
        : stream(response, model, pieces, { finish: next.finish ?? "tool_calls" });
    }
    case "cut":
      return cut(response, model, textPieces(next.content), next.hang);
    case "stop short":
      openStream(response);
      for (const piece of textPieces(next.content)) sendChunk(response, model, piece);
      response.end();
      return;
    case "flood":
      return flood(response, model, next);
  }
}

const textOf = (content: unknown) => (typeof content === "string" ? content : JSON.stringify(content));
/** Of 40 characters, and of long texts at most a thousand: this server shares its process with who is tested. */
function pieces(text: string): string[] {
  const length = Math.max(40, Math.ceil(text.length / 1_000));
  const count = Math.max(1, Math.ceil(text.length / length));
  return Array.from({ length: count }, (_, at) => text.slice(at * length, (at + 1) * length));
}
const textPieces = (text: string) => pieces(text).map((content) => ({ role: "assistant", content }));
const callPieces = (text: string) =>
  pieces(text).map((args, at) => ({
    role: "assistant",
    tool_calls: [
      {
        ...(at === 0 ? { id: "call_1", type: "function" } : {}),
        index: 0,
        function: { ...(at === 0 ? { name: "request" } : {}), arguments: args },
      },
    ],
  }));

async function stream(
  response: ServerResponse,
  model: string,
  deltas: object[],
  { finish = "stop", usage: counted, pause = 0 }: { finish?: string; usage?: null; pause?: number } = {},
): Promise<void> {
  openStream(response);
  for (const delta of deltas) {
    sendChunk(response, model, delta);
    if (pause > 0) await delay(pause);
  }
  sendChunk(response, model, {}, finish);
  if (counted !== null) send(response, { ...frame(model), choices: [], usage });
  response.end("data: [DONE]\n\n");
}

function cut(response: ServerResponse, model: string, deltas: object[], hang = false): void {
  openStream(response);
  for (const piece of deltas) sendChunk(response, model, piece);
  if (!hang) setImmediate(() => response.destroy());
}

async function flood(
  response: ServerResponse,
  model: string,
  { of, status = 200 }: Extract<ScriptedReply, { kind: "flood" }>,
): Promise<void> {
  flooded.bytes = 0;
  const words = "for ever and ever ".repeat(50);
  const call = { index: 0, id: "call_1", type: "function", function: { name: "request", arguments: words } };
  const delta = of === "tool calls" ? { tool_calls: [call] } : { content: words };
  const choices = [{ index: 0, delta: { role: "assistant", ...delta }, finish_reason: null }];
  const line = of === "one line" ? words : `data: ${JSON.stringify({ ...frame(model), choices })}\n\n`;
  openStream(response, status);
  response.setMaxListeners(0);
  if (of === "one line") response.write("data: ");
  while (!response.destroyed) {
    flooded.bytes += line.length;
    if (!response.write(line)) await Promise.race([once(response, "drain"), once(response, "close")]);
  }
}

function openStream(response: ServerResponse, status = 200): void {
  response.writeHead(status, { "content-type": "text/event-stream" });
}

const frame = (model: string) => ({
  ...{ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model },
});

function sendChunk(
  response: ServerResponse,
  model: string,
  delta: object,
  finish: string | null = null,
): void {
  send(response, { ...frame(model), choices: [{ index: 0, delta, finish_reason: finish }] });
}

function send(response: ServerResponse, data: object): void {
  response.write(`data: ${JSON.stringify(data)}\n\n`);
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}
