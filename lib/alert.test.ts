import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { sendAlert } from "@/lib/alert";

async function withWebhook(statuses: number[], use: (url: string, heard: unknown[]) => Promise<void>) {
  const heard: unknown[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (data) => {
      body += data;
    });
    request.on("end", () => {
      heard.push({ type: request.headers["content-type"], ...JSON.parse(body) });
      response.writeHead(statuses[heard.length - 1] ?? 200).end("ok");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/services/T0/B0/secret`, heard);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

it("posts Slack's form and tries again when the webhook fails", () =>
  withWebhook([500, 429, 200], async (url, heard) => {
    expect(await sendAlert("v2026.11 halted", url, 1)).toBe(true);
    expect(heard).toHaveLength(3);
    expect(heard[2]).toEqual({ type: "application/json", text: "v2026.11 halted" });
  }));

it("gives up after three tries without throwing", () =>
  withWebhook([500, 500, 500, 200], async (url, heard) => {
    expect(await sendAlert("text", url, 1)).toBe(false);
    expect(heard).toHaveLength(3);
  }));

it("does not throw where nobody listens, and does nothing where no webhook is set", async () => {
  expect(await sendAlert("text", "http://127.0.0.1:9/x", 1)).toBe(false);
  expect(await sendAlert("text", null)).toBe(false);
});
