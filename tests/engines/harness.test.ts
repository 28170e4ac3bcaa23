import { expect, it } from "vitest";
import { parseConfig } from "@/lib/config";
import { describeWith, freshS3, freshSnowflake } from "./support/engines";

describeWith(["snowflake", "s3"], "the engines", () => {
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
