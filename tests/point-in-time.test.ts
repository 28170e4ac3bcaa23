import { afterAll, describe, expect, it } from "vitest";
import { buildMatrix } from "@/lib/matrix";
import { caseTables, featureSetOf, pointInTimeCases, rowsOf } from "./support/point-in-time-cases";
import { openSmallMart, type SmallMart } from "./support/small-mart";

const open: SmallMart[] = [];
afterAll(() => Promise.all(open.map((mart) => mart.close())));

describe("point in time", () => {
  it("has all 32 cases", () => expect(pointInTimeCases).toHaveLength(32));

  it.each(pointInTimeCases)("$id: $title", async (example) => {
    const mart = await openSmallMart(caseTables(example));
    open.push(mart);
    const build = () => buildMatrix({ featureSet: featureSetOf(example), ...mart });
    if (example.expected_error !== null) {
      await expect(build()).rejects.toThrow(example.expected_error);
      return;
    }
    const result = await build();
    const { report, sql } = result;
    const { rows, expected } = rowsOf(example, result);
    expect(rows).toEqual(expected);
    expect(report.rows).toBe(example.entity.length);
    const ties = /pit_ties=(\d+)/.exec(example.note ?? "")?.[1];
    if (ties !== undefined) expect(report.joins[0]?.ties).toBe(Number(ties));
    await expect(`${sql.snowflake}\n`).toMatchFileSnapshot(`snapshots/point-in-time/${example.id}.sql`);
  });
});
