import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { AppError } from "@/lib/errors";
import { markers } from "./dirt-specs";

/** What a route answers: a body, or only a status; headers as needed. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** NDJSON lines or JSON text with {@link markers} in it. */
  body?: string | Buffer;
}

export type Route = (query: URLSearchParams, path: string) => Promise<Answer> | Answer;

/** An HTTP server on the loopback interface: the longest prefix of `routes` that fits answers a GET. */
export async function serve(
  routes: Record<string, Route>,
  port: number,
): Promise<{ url: string; close(): Promise<void> }> {
  const prefixes = Object.keys(routes).sort((a, b) => b.length - a.length);
  const server = createServer((request, response) => {
    answer(request).then(
      (found) => send(response, found),
      (thrown: unknown) => {
        console.error(thrown);
        send(response, { status: 500 });
      },
    );
  });

  async function answer({ url = "/", method }: IncomingMessage): Promise<Answer> {
    const { pathname, searchParams } = new URL(url, "http://localhost");
    const prefix = prefixes.find((known) => pathname.startsWith(known));
    if (!prefix) return { status: 404, body: '{"error":"there is nothing here"}' };
    if (method !== "GET") return { status: 405, body: '{"error":"these sources are only read"}' };
    return routes[prefix]?.(searchParams, pathname.slice(prefix.length)) ?? { status: 404 };
  }

  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => {
      const message = `The sources could not be served on port ${port}. Name another one with --port; 0 takes a free one.`;
      reject(new AppError("BAD_INPUT", message, { cause }));
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, { status = 200, headers = {}, body = "" }: Answer): void {
  const bytes = typeof body === "string" ? withoutMarkers(body) : body;
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": bytes.length,
    ...headers,
  });
  response.end(bytes);
}

const hugeCell = "x".repeat(10 * 1024 * 1024);

/** The bytes of a text with every marker replaced by the dirt that it stands for. */
export function withoutMarkers(text: string): Buffer {
  const expanded = text
    .replaceAll(`"${markers.hugeNumber}"`, "1e309")
    .replaceAll(markers.hugeNumber, "1e309")
    .replaceAll(markers.hugeCell, hugeCell);
  if (!expanded.includes(markers.brokenBytes)) return Buffer.from(expanded);
  const parts = expanded.split(markers.brokenBytes);
  // "é" as Latin-1 has it.
  return Buffer.concat(
    parts.flatMap((part, index) => [Buffer.from(index === 0 ? "" : "caf\xe9", "latin1"), Buffer.from(part)]),
  );
}

/** A whole number of a query, within bounds. */
export function wholeNumber(
  query: URLSearchParams,
  name: string,
  otherwise: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  const value = Number(query.get(name) ?? otherwise);
  return Number.isSafeInteger(value) && value >= 0 ? Math.min(value, most) : otherwise;
}

/** A moment of a query as the engine's text; null where none is given or it cannot be read. */
export function moment(query: URLSearchParams, name: string): string | null {
  const time = Date.parse(query.get(name) ?? "");
  return Number.isNaN(time) ? null : new Date(time).toISOString().replace("T", " ").slice(0, 19);
}
