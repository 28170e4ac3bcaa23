import { describe, expect, it } from "vitest";
import { parseConfig } from "@/lib/config";

describe("PIPELINE_CRON", () => {
  it("is the first of every month by default, and may be off", () => {
    expect(parseConfig({}).pipelineCron).toBe("0 3 1 * *");
    expect(parseConfig({ PIPELINE_CRON: "off" }).pipelineCron).toBeNull();
  });

  it.each(["*/5 0-6 1,15 * 1-5", "59 23 31 12 7", "0 0 1 1-12/3 *"])("takes %s", (cron) => {
    expect(parseConfig({ PIPELINE_CRON: cron }).pipelineCron).toBe(cron);
  });

  it.each([
    "monthly",
    "0 3 1 *",
    "60 3 1 * *",
    "0 24 1 * *",
    "0 3 0 * *",
    "0 3 1 13 *",
    "0 3 1 * 8",
    "* * * * *;",
    "0 3 1-32 * *",
  ])("refuses %s, naming the setting", (cron) => {
    expect(() => parseConfig({ PIPELINE_CRON: cron })).toThrow(/PIPELINE_CRON: five fields/);
  });
});

it("tells of runs that fail, or of every one, to a webhook that is an HTTP address", () => {
  expect(parseConfig({}).alerts).toEqual({ url: null, on: "problems" });
  const url = "https://hooks.example/services/1";
  expect(parseConfig({ ALERT_WEBHOOK_URL: url, ALERT_ON: "all" }).alerts).toEqual({ url, on: "all" });
  expect(() => parseConfig({ ALERT_WEBHOOK_URL: "file:///etc/passwd" })).toThrow(/ALERT_WEBHOOK_URL/);
});
