import type { PlannedFilter } from "@/lib/feature-set";
import { filterColumn, filterCondition } from "./filters";
import { joinClauses } from "./joins";
import { addPopulation } from "./spine";
import type { Statement } from "./statement";
import { selectLines, statement as statementText } from "./text";

/** Counts what each filter alone keeps, and for how many rows it is unknown: one pass over the rows before any filter. */
export function filterProbeSql(statement: Statement): string | null {
  const { filters } = statement.plan.spine;
  if (filters.length === 0) return null;
  const { population, joins } = addPopulation(statement);
  const conditions = filters.map((filter) => filterCondition(statement, filter, "s"));
  const select = selectLines({
    columns: [
      'count(*) AS "population"',
      `count(CASE WHEN ${conditions.join(" AND ")} THEN 1 END) AS "kept"`,
      ...filters.flatMap((filter, index) => [
        `count(CASE WHEN ${conditions[index]} THEN 1 END) AS "kept${index + 1}"`,
        `${unknownCount(statement, filter)} AS "unknown${index + 1}"`,
      ]),
    ],
    from: [`${population} AS s`],
    joins: [...new Set(joins.flatMap((join) => joinClauses(statement, join)))],
  });
  return statementText(statement.ctes, select);
}

/** To ask whether a value is known is never unknown itself. */
function unknownCount(statement: Statement, filter: PlannedFilter): string {
  if (filter.operator === "is_null" || filter.operator === "is_not_null") return "0";
  return `count(CASE WHEN ${filterColumn(statement, filter, "s")} IS NULL THEN 1 END)`;
}
