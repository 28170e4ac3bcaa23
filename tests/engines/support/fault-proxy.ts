import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { gunzipSync } from "node:zlib";

export interface SeenRequest {
  method: string;
  path: string;
  /** A statement's text and parameters, a sign-in's user …; null for none. */
  body: unknown;
  headers: IncomingMessage["headers"];
  bytes: number;
}

interface Answer {
  status: number;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

export type Fault =
  /** The server never hears of it; this is the answer: XML as it is, anything else as JSON. */
  | { kind: "answer"; status?: number; body: unknown }
  /** The server does it, and its answer is changed: its bytes are those on the wire. */
  | { kind: "change"; answer: (answer: Answer) => Partial<Answer> }
  /** The server does it, and the connection breaks after so many bytes of its answer (0: before the first). */
  | { kind: "cut"; after: number }
  /** The server hears another byte in the middle of the request's body. */
  | { kind: "spoil" }
  /** The server hears of it so much later. */
  | { kind: "delay"; milliseconds: number }
  /** The server never hears of it, and the connection breaks. */
  | { kind: "reset" }
  /** The server never hears of it, and nothing comes back. */
  | { kind: "silence" };

export interface FaultRule {
  /** Method and path, as in `GET /fs_chunks/1f2e`; or any look at the request. */
  on: RegExp | ((seen: SeenRequest) => boolean);
  fault: Fault;
  /** How many that fit are let through first; 0 where left out. */
  skip?: number;
  /** How many are then hit; all where left out. */
  times?: number;
}

export interface FaultProxy {
  url: string;
  seen: SeenRequest[];
  /** From now on these rules hold, and no others. */
  plan(...rules: FaultRule[]): void;
  stop(): Promise<void>;
}

/** Stands in front of a real HTTP server and breaks what passes, by plan. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const seen: SeenRequest[] = [];
  let rules: (FaultRule & { count: number })[] = [];
  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const sent = await buffer(incoming);
    const request: SeenRequest = {
      method: incoming.method ?? "",
      path: incoming.url ?? "",
      body: readBody(sent, incoming.headers["content-encoding"]),
      headers: incoming.headers,
      bytes: sent.length,
    };
    seen.push(request);
    const fault = hit(rules, request)?.fault;
    if (fault?.kind === "silence") return;
    if (fault?.kind === "reset") return void outgoing.destroy();
    if (fault?.kind === "answer") {
      const xml = typeof fault.body === "string" && fault.body.startsWith("<?xml");
      outgoing.writeHead(fault.status ?? 200, { "content-type": `application/${xml ? "xml" : "json"}` });
      return void outgoing.end(xml ? fault.body : JSON.stringify(fault.body));
    }
    if (fault?.kind === "spoil") spoil(sent);
    if (fault?.kind === "delay") await delay(fault.milliseconds);
    const answer = await forward(target, incoming, sent);
    if (fault?.kind === "cut") {
      if (fault.after === 0) return void outgoing.destroy();
      outgoing.writeHead(answer.status, answer.headers);
      return void outgoing.write(answer.body.subarray(0, fault.after), () => outgoing.destroy());
    }
    const { status, headers, body } = {
      ...answer,
      ...(fault?.kind === "change" ? fault.answer(answer) : {}),
    };
    // The answer to HEAD tells the length of a body that it does not have.
    const length = incoming.method === "HEAD" ? {} : { "content-length": String(body.length) };
    outgoing.writeHead(status, { ...headers, ...length });
    outgoing.end(body);
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    plan: (...planned) => {
      rules = planned.map((rule) => ({ ...rule, count: 0 }));
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The service's way to say no. */
export function refusal(code: string, sqlState = "XX000"): Fault {
  const data = { errorCode: code, sqlState, queryId: "01b00000-0000-0000-0000-000000000000" };
  return { kind: "answer", body: { success: false, code, message: `vendor text ${code}`, data } };
}

/** The server's JSON answer with some of it changed. */
export function changedJson(change: (body: Record<string, unknown>) => void): Fault {
  return {
    kind: "change",
    answer: ({ body }) => {
      const answer = JSON.parse(body.toString());
      change(answer);
      return { body: Buffer.from(JSON.stringify(answer)) };
    },
  };
}

function hit(rules: (FaultRule & { count: number })[], seen: SeenRequest): FaultRule | undefined {
  for (const rule of rules) {
    const fits = rule.on instanceof RegExp ? rule.on.test(`${seen.method} ${seen.path}`) : rule.on(seen);
    if (!fits) continue;
    rule.count++;
    const { skip = 0, times = Number.POSITIVE_INFINITY } = rule;
    if (rule.count > skip && rule.count <= skip + times) return rule;
  }
  return undefined;
}

function forward(target: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // The Host header is left as it came, so that addresses in answers lead here again.
    const { method, headers } = incoming;
    const outgoing = httpRequest(new URL(incoming.url ?? "/", target), { method, headers }, (answer) => {
      buffer(answer).then((whole) => {
        const { "transfer-encoding": _, ...rest } = answer.headers;
        resolve({ status: answer.statusCode ?? 502, headers: rest, body: whole });
      }, reject);
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function spoil(body: Buffer): void {
  const middle = Math.floor(body.length / 2);
  body.writeUInt8(body.readUInt8(middle) ^ 1, middle);
}

function readBody(sent: Buffer, encoding: string | undefined): unknown {
  if (sent.length === 0) return null;
  try {
    return JSON.parse((encoding === "gzip" ? gunzipSync(sent) : sent).toString());
  } catch {
    return null;
  }
}
