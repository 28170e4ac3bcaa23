import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A webhook that keeps what it hears, and answers with these statuses, then 200. */
export async function openWebhook(statuses: number[] = []) {
  const heard: unknown[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (data) => {
      body += data;
    });
    request.on("end", () => {
      heard.push(JSON.parse(body));
      response.writeHead(statuses[heard.length - 1] ?? 200).end("ok");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    heard,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/B0/secret`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
