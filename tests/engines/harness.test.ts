import { rm } from "node:fs/promises";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { parseConfig } from "@/lib/config";
import { startEngines } from "@/scripts/engines/start";
import { runningEngines } from "@/scripts/engines/state";
import { stopEngines } from "@/scripts/engines/stop";
import { temporaryFolder } from "@/tests/support/temporary-folder";
import { describeWith, freshS3, freshSnowflake } from "./support/engines";

describeWith(["snowflake", "s3"], "the engines of a test file", () => {
  it("start side by side, are what their settings say, and are gone after", async () => {
    const s3 = await freshS3();
    const [one, two] = await Promise.all([freshSnowflake({ s3 }), freshSnowflake({ s3 })]);
    const { warehouse, objects } = parseConfig({ ...one.settings, ...s3.settings });
    expect({ warehouse, objects }).toMatchObject({
      warehouse: { kind: "snowflake", url: one.url, database: "ANALYTICS_DB", schema: "FEATURE_MART" },
      objects: { kind: "s3", endpoint: s3.url, bucket: s3.bucket },
    });
    expect(two.url).not.toBe(one.url);
    await Promise.all([one.stop(), two.stop(), s3.stop()]);
    for (const { url } of [one, two, s3]) await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });
});

describeWith(["snowflake", "s3"], "npm run engines", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
  });
  afterAll(async () => {
    await stopEngines(folder);
    await rm(folder, { recursive: true });
  });

  it("starts each once, prints settings that hold, stops both, and starts them again on what they held", async () => {
    const print = vi.spyOn(console, "log").mockImplementation(() => {});
    await startEngines(folder);
    const first = await runningEngines(folder);
    await startEngines(folder);
    expect(await runningEngines(folder)).toEqual(first);

    const settings = print.mock.calls
      .flat()
      .join("\n")
      .matchAll(/^(\w+)=(.*)$/gm);
    const printed = parseConfig(Object.fromEntries([...settings].map(([, name, value]) => [name, value])));
    expect(printed.objects).toMatchObject({ kind: "s3", endpoint: first.S3?.url });
    expect(printed.warehouse).toMatchObject({ kind: "snowflake", url: first.Snowflake?.url });

    await stopEngines(folder);
    expect(await runningEngines(folder)).toEqual({});
    await expect(fetch(`${first.Snowflake?.url}/healthz`)).rejects.toThrow();
    await startEngines(folder);
    expect(Object.keys(await runningEngines(folder))).toEqual(["S3", "Snowflake"]);
    await stopEngines(folder);
  });
});
