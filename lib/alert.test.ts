import { expect, it, vi } from "vitest";
import { sendAlert } from "@/lib/alert";
import { openWebhook } from "../tests/support/webhook";

it("posts Slack's form and tries again when the webhook fails", async () => {
  const webhook = await openWebhook([500, 429]);
  expect(await sendAlert("v2026.11 halted", webhook.url, 1)).toBe(true);
  expect(webhook.heard).toEqual(Array(3).fill({ text: "v2026.11 halted" }));
  webhook.close();
});

it("gives up after three tries without throwing, and logs no address", async () => {
  const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const webhook = await openWebhook([500, 500, 500]);
  expect(await sendAlert("text", webhook.url, 1)).toBe(false);
  expect(webhook.heard).toHaveLength(3);
  webhook.close();
  expect(await sendAlert("text", "http://127.0.0.1:9/secret", 1)).toBe(false);
  expect(said).toHaveBeenCalledTimes(6);
  expect(said.mock.calls.flat().join()).not.toContain("secret");
  said.mockRestore();
});

it("does nothing where no webhook is set", async () => {
  expect(await sendAlert("text", null)).toBe(false);
});
