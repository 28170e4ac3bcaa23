import { AppError } from "@/lib/errors";
import { nearest } from "@/lib/feature-set/nearest";
import type { AllowedTable } from "@/lib/sql/guard";

/**
 * What the warehouse says of a statement that its writer can mend, in our words; null for what nobody can. Of its text only
 * names and types are taken, in known shapes: the rest may quote data.
 */
export function explainFailure(
  text: string,
  tables: readonly AllowedTable[],
  cause: unknown,
): AppError | null {
  for (const [shape, reason, sentence] of shapes) {
    const found = new RegExp(shape, "m").exec(text);
    if (!found) continue;
    const name = (found.slice(1).find((group) => group) ?? "").slice(0, 120);
    const candidates = reason === "unknown column" && name !== "" ? columnsLike(name, tables) : [];
    const hint = candidates.length > 0 ? ` Did you mean ${candidates.join(", ")}?` : "";
    return new AppError("SQL_REFUSED", `${sentence.replace("$1", () => name)}${hint}`, {
      details: { reason, category: "engine", ...(reason === "unknown column" ? { candidates } : {}) },
      cause,
    });
  }
  return null;
}

function columnsLike(name: string, tables: readonly AllowedTable[]): string[] {
  const last = name.slice(name.lastIndexOf(".") + 1);
  return nearest(last, [...new Set(tables.flatMap(({ columns }) => columns))]);
}

const cast = "Cast one of them first (`::VARCHAR`, `::DOUBLE`, `::DATE` …).";

/** Of both engines: their words, the reason, our sentence with the name that was found. */
const shapes: [RegExp, string, string][] = [
  [
    /^Binder Error: Referenced column "([^"\n]+)" not found|^Binder Error: Table "[^"\n]+" does not have a column named "([^"\n]+)"/,
    "unknown column",
    "There is no column “$1” where the statement looks for it.",
  ],
  [
    /^Binder Error: Column "([^"\n]+)" (?:does not exist on|in \w+ list not found)/,
    "unknown column",
    "There is no column “$1” where the statement looks for it.",
  ],
  [
    /invalid identifier '([\w$".]+)'/,
    "unknown column",
    "There is no column “$1” where the statement looks for it. Names with small letters need double quotes.",
  ],
  [
    /invalid identifier/,
    "unknown column",
    "A column that the statement names is not there. Names with small letters need double quotes.",
  ],
  [
    /^Binder Error: Referenced table "([^"\n]+)" not found/,
    "unknown alias",
    "“$1” is no table or alias of this statement's FROM. Name it there first.",
  ],
  [
    /[Aa]mbiguous (?:reference to column name|column name) ["']([^"'\n]+)["']/,
    "ambiguous column",
    "Several tables have a column “$1”. Write whose it is, as in `table.column`.",
  ],
  [
    /^Binder Error: column "?([^"\n]+?)"? must appear in the GROUP BY|SQL compilation error:[\s\S]*'([^'\n]+)' in select clause is neither an aggregate nor in the group by|'?\[?([\w$."]+)\]?'? is not a valid group by expression/,
    "not grouped",
    "“$1” stands beside aggregates without being grouped by. Add it to GROUP BY, or aggregate it.",
  ],
  [
    /^Binder Error: (WHERE|GROUP BY|HAVING) clause cannot contain (?:aggregates|window functions)/,
    "misplaced aggregate",
    "An aggregate or window function may not stand in $1. Use HAVING, QUALIFY or a subquery.",
  ],
  [
    /^Binder Error: aggregate function calls cannot be nested/,
    "nested aggregate",
    "An aggregate may not stand in another one. Compute the inner one in a subquery.",
  ],
  [
    /(?:No function matches the given name and argument types '|Could not choose a best candidate function for the function call ")([^'"\n]+)['"]/,
    "argument types",
    "No function takes these arguments: $1. Cast them to what it takes, or name another function.",
  ],
  [
    /[Ii]nvalid argument types? for function '?([\w$]+)/,
    "argument types",
    "The function $1 does not take arguments of these types. Cast them first.",
  ],
  [
    /^Catalog Error: (?:\w+ )+with name (\w+) does not exist/,
    "unknown function",
    "There is no function “$1” in this engine. Use another one.",
  ],
  [
    /[Uu]nknown (?:user-defined )?function '?"?([\w$]+)/,
    "unknown function",
    "There is no function “$1” in this warehouse. Use another one.",
  ],
  [
    /^Binder Error: Cannot (?:compare|mix) values of type ([A-Z][\w() ,[\]]*? and (?:type )?[A-Z][\w() ,[\]]*?)(?: in | -|\n|$)/,
    "types differ",
    `Values of type $1 do not go together. ${cast}`,
  ],
  [
    /^Conversion Error: (?:Could not convert|Could not cast|Type \w+ with value)[\s\S]*? to (\w+)/,
    "conversion",
    "A value cannot be turned into $1. Use TRY_CAST, which gives NULL there, or filter such values first.",
  ],
  [
    /^Conversion Error|(?:Numeric|Boolean|Date|Time|Timestamp) value '|^Failed to cast/,
    "conversion",
    "A value cannot be turned into the type asked for. Use TRY_CAST, which gives NULL there, or filter such values first.",
  ],
  [/[Dd]ivision by zero/, "division by zero", "Something is divided by zero. Divide by NULLIF(…, 0)."],
  [
    /^Out of Range Error/,
    "out of range",
    "A number grew beyond what its type holds. Cast to DOUBLE or HUGEINT first.",
  ],
  [
    /same number of result columns|invalid number of result columns for set operator/,
    "set operation",
    "Both sides of a UNION, INTERSECT or EXCEPT need the same number of columns.",
  ],
  [
    /[Mm]ore than one row returned by a subquery|Single-row subquery returns more than one row/,
    "subquery rows",
    "A subquery in place of a value gives several rows. Aggregate it, or add LIMIT 1.",
  ],
  [
    /^Binder Error: Subquery returns \d+ columns/,
    "subquery columns",
    "A subquery in place of a value may have one column only.",
  ],
  [
    /^Binder Error: Circular reference to CTE "([^"\n]+)"/,
    "circular CTE",
    "The CTE “$1” refers to itself. Write WITH RECURSIVE, or give it another name than its table's.",
  ],
  [
    /^Binder Error|^Catalog Error|^Parser Error|SQL compilation error/,
    "not understood",
    "The warehouse does not understand the statement. Look its names, types and grouping over.",
  ],
  [
    /^Invalid Input Error/,
    "invalid value",
    "A function got a value that it cannot work with. Look its arguments over.",
  ],
];
