import { expect, it } from "vitest";
import type { Cell } from "./port";
import { takeRows } from "./take-rows";

function stream(rows: Cell[][]) {
  let read = 0;
  const each = async function* () {
    for (const row of rows) {
      read++;
      yield row;
    }
  };
  return { rows: each(), read: () => read };
}

it("takes every row where nothing is said, and those that fit where it is", async () => {
  const rows = [["äß"], ["bc"], ["d"]];
  expect(await takeRows(stream(rows).rows)).toEqual({ rows });
  expect(await takeRows(stream(rows).rows, 19)).toEqual({ rows });
  expect(await takeRows(stream(rows).rows, 18)).toEqual({ rows: rows.slice(0, 2), truncated: true });
});

it("reads no further than the first row that does not fit", async () => {
  const endless = stream(Array.from({ length: 1000 }, (_, index) => [index]));
  expect((await takeRows(endless.rows, 9)).rows).toHaveLength(3);
  expect(endless.read()).toBe(4);
});
