import { expect, it } from "vitest";
import { explainFailure } from "./explain";

const tables = [{ name: "SELLERS", columns: ["CITY_ID", "PLAN"] }];

/** As Snowflake words them. */
it.each([
  [
    "SQL compilation error: error line 1 at position 7\ninvalid identifier 'CTY_ID'",
    "unknown column",
    /“CTY_ID”.*CITY_ID/,
  ],
  [
    "SQL compilation error: error line 1 at position 7\ninvalid identifier 'S.CTY_ID'",
    "unknown column",
    /“S.CTY_ID”.*CITY_ID/,
  ],
  ["SQL compilation error: invalid identifier", "unknown column", /double quotes/],
  ["SQL compilation error: ambiguous column name 'CITY_ID'", "ambiguous column", /“CITY_ID”/],
  [
    "SQL compilation error:\n'SELLERS.PLAN' in select clause is neither an aggregate nor in the group by clause.",
    "not grouped",
    /“SELLERS.PLAN”/,
  ],
  [
    "SQL compilation error:\n[SELLERS.PLAN] is not a valid group by expression",
    "not grouped",
    /“SELLERS.PLAN”/,
  ],
  ["SQL compilation error:\nInvalid argument types for function 'SUM': (DATE)", "argument types", /SUM/],
  ["SQL compilation error: Unknown function FOO", "unknown function", /“FOO”/],
  ["Numeric value 'Ravi' is not recognized", "conversion", /TRY_CAST/],
  ["Division by zero", "division by zero", /NULLIF/],
  ["Single-row subquery returns more than one row.", "subquery rows", /LIMIT 1/],
  ["SQL compilation error: something new about 'Ravi'", "not understood", /names, types/],
])("%j", (text, reason, sentence) => {
  const error = explainFailure(text, tables, new Error(text));
  expect(error).toMatchObject({ code: "SQL_REFUSED", details: { reason, category: "engine" } });
  expect(error?.message).toMatch(sentence);
  expect(error?.message).not.toMatch(/Ravi|compilation/);
});

it("leaves what nobody can mend", () => {
  expect(explainFailure("Internal error 300002", tables, null)).toBeNull();
  expect(explainFailure("", tables, null)).toBeNull();
});
