import { describe, expect, it } from "vitest";
import type { ColumnType } from "@/lib/registry/types";
import { checkFilter } from "./filters";
import type { Filter } from "./schema";

const check = (type: ColumnType, operator: Filter["operator"], values: Filter["values"]) => () =>
  checkFilter({ table: "T", column: "c", operator, values }, type);

describe("a filter's values", () => {
  it.each<[ColumnType, Filter["operator"], Filter["values"]]>([
    ["integer", "in", [1, 2]],
    ["integer", "gte", ["9007199254740993"]],
    ["decimal", "lt", ["0.10"]],
    ["float", "between", [-1.5, 2]],
    ["text", "in", ["Pune", "it's; DROP TABLE x --"]],
    ["text", "gt", ["a"]],
    ["boolean", "in", [true]],
    ["date", "between", ["2026-01-01", "2026-02-28"]],
    ["timestamp", "lte", ["2026-01-01"]],
    ["timestamp", "gt", ["2026-01-01T10:00:00.000001+05:30"]],
    ["text", "is_null", []],
  ])("of %s may be %s %j", (type, operator, values) => {
    expect(check(type, operator, values)).not.toThrow();
  });

  it.each<[ColumnType, Filter["operator"], Filter["values"], string]>([
    ["integer", "in", ["Pune"], '"Pune" is not a number'],
    ["integer", "gt", [true], "true is not a number"],
    ["integer", "gt", ["1; DROP TABLE x"], "is not a number"],
    ["float", "gt", [Number.NaN], "is not a number"],
    ["float", "gt", [Number.POSITIVE_INFINITY], "is not a number"],
    ["text", "in", [5], "5 is not text"],
    ["text", "in", ["a\0b"], "is not text"],
    ["boolean", "in", ["true"], "is not true or false"],
    ["boolean", "gt", [true], "cannot order true and false"],
    ["date", "in", ["2026-02-30"], "is not a date"],
    ["date", "in", ["2026-01-01T00:00:00Z"], "is not a date"],
    ["timestamp", "gt", ["yesterday"], "is not a date or a time"],
    ["integer", "in", [], "needs at least one value, not 0"],
    ["integer", "between", [1], "needs 2 values, not 1"],
    ["integer", "gt", [1, 2], "needs one value, not 2"],
    ["integer", "is_null", [1], "needs 0 values, not 1"],
  ])("of %s may not be %s %j", (type, operator, values, message) => {
    expect(check(type, operator, values)).toThrow(message);
    expect(check(type, operator, values)).toThrow(expect.objectContaining({ code: "FEATURE_SET_INVALID" }));
  });
});
