import { asked, greatestFirst, keyNames, type RightSide, renamed, sameKeys } from "./right-side";
import type { Statement } from "./statement";
import { indent, selectLines, wrap } from "./text";

/** A table with one row per key. Should its grain be false after all, the greatest row stands for the others. */
export function oneRowCte(statement: Statement, side: RightSide): void {
  const keys = keyNames(statement, side, "a");
  statement.ctes.push({
    name: side.name,
    comment: side.comment,
    body: selectLines({
      columns: [...keys, ...side.outputs.map((output) => renamed("t", output))],
      from: asked(statement, side, false),
      joins: [
        `JOIN ${statement.table(side.hop.to.table)} AS t ON ${sameKeys(statement, side).join(" AND ")}`,
      ],
      qualify: [
        "row_number() OVER (",
        ...indent([
          `PARTITION BY ${keys.join(", ")}`,
          "ORDER BY",
          ...indent(wrap(greatestFirst(side.outputs.map(({ column }) => column)))),
        ]),
        ") = 1",
      ],
    }),
  });
}
