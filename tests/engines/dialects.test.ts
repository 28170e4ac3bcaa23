import { afterAll, beforeAll, expect, it } from "vitest";
import { buildMatrix } from "@/lib/matrix";
import { caseTables, featureSetOf, pointInTimeCases, rowsOf } from "../support/point-in-time-cases";
import type { SmallMart } from "../support/small-mart";
import { describeWith, freshS3, freshSnowflake } from "./support/engines";
import { openSmallSnowflakeMart } from "./support/small-snowflake-mart";

describeWith(["snowflake", "s3"], "point in time, in Snowflake's dialect", () => {
  let environment: Record<string, string>;
  const open: SmallMart[] = [];
  const stops: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    const s3 = await freshS3();
    const snowflake = await freshSnowflake({ s3 });
    stops.push(snowflake.stop, s3.stop);
    environment = { ...s3.settings, ...snowflake.settings };
  });
  afterAll(async () => {
    await Promise.all(open.map((mart) => mart.close()));
    for (const stop of stops) await stop();
  });

  it.each(pointInTimeCases)("$id: $title", async (example) => {
    const schema = example.id.toUpperCase().replace("-", "_");
    const mart = await openSmallSnowflakeMart(environment, schema, caseTables(example));
    open.push(mart);
    const build = () => buildMatrix({ featureSet: featureSetOf(example), ...mart });
    if (example.expected_error !== null) {
      await expect(build()).rejects.toThrow(example.expected_error);
      return;
    }
    const result = await build();
    const { rows, expected } = rowsOf(example, result);
    // A service keeps no order of given rows that no column says.
    expect(sorted(rows)).toEqual(sorted(expected));
    expect(result.report.rows).toBe(example.entity.length);
    const ties = /pit_ties=(\d+)/.exec(example.note ?? "")?.[1];
    if (ties !== undefined) expect(result.report.joins[0]?.ties).toBe(Number(ties));
  });
});

function sorted(rows: object[]): object[] {
  return [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
