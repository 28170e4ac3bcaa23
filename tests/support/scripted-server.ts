import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

export interface ScriptedAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** The connection breaks in the middle of the body, or before anything where there is none. */
  isDropped?: boolean;
}

/** An HTTP server that answers as the test says; `asked` counts from 1. Closed when the test is over. */
export async function scriptedServer(
  answer: (
    url: URL,
    asked: number,
    headers: Record<string, unknown>,
  ) => ScriptedAnswer | Promise<ScriptedAnswer>,
): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    asked.push(request.url ?? "");
    const url = new URL(request.url ?? "", "http://localhost");
    const {
      status = 200,
      headers = {},
      body = "",
      isDropped,
    } = await answer(url, asked.length, request.headers);
    const bytes = Buffer.from(body);
    if (isDropped && bytes.length === 0) return request.socket.destroy();
    response.writeHead(status, { ...headers, "content-length": bytes.length });
    if (!isDropped) return response.end(bytes);
    response.write(bytes.subarray(0, bytes.length / 2), () => request.socket.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}
