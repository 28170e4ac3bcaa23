import { type Plan, type PlannedColumn, type PlannedJoin, storedColumn } from "@/lib/feature-set";
import type { Dialect } from "@/lib/warehouse/port";
import { quoteName } from "@/lib/warehouse/quote";

import { derivedSql } from "./derived";
import { type DuplicateProbe, duplicateProbes } from "./duplicate-probe";
import { filterProbeSql } from "./filter-probe";
import { joinClauses, joinCtes } from "./joins";
import { addSpine } from "./spine";
import { type CompileOptions, newStatement, type Statement } from "./statement";
import { selectLines, statement as statementText } from "./text";

export interface CompiledPlan {
  /** The matrix: the plan's columns in order, the spine's rows in order. */
  matrixSql: string;
  /** The same rows and columns, followed by {@link AuditColumns.rid}: rising from row to row. */
  numberedSql: string;
  /** The same rows and columns, followed by the columns of {@link AuditColumns}. */
  auditSql: string;
  audit: AuditColumns;
  /** One number: the spine's rows. */
  countSql: string;
  /** One row: rows before filters, rows after all; then kept and unknown for each filter. Null without filters. */
  filterProbeSql: string | null;
  /** What is counted of each right-hand table, and how. */
  duplicates: DuplicateProbe[];
}

/** Every audit column is TRUE or NULL but the first, so that the null counts of a Parquet footer are the report. */
export interface AuditColumns {
  rid: string;
  /** TRUE from the second row on with the same keys and time. */
  repeated: string;
  joins: { join: string; matched: string; ties: string | null }[];
}

/** Writes a plan as SQL. The same plan always gives the same text. */
export function compilePlan(plan: Plan, dialect: Dialect, options: CompileOptions = {}): CompiledPlan {
  return {
    matrixSql: matrixSql(newStatement(plan, dialect, options)),
    numberedSql: matrixSql(newStatement(plan, dialect, options), ({ internal }) => [`s.${internal.rid}`]),
    auditSql: matrixSql(newStatement(plan, dialect, { ...options, audit: true }), auditSql),
    audit: auditColumns(newStatement(plan, dialect, options)),
    countSql: countSql(newStatement(plan, dialect, options)),
    filterProbeSql: filterProbeSql(newStatement(plan, dialect, options)),
    duplicates: duplicateProbes(plan, newStatement(plan, dialect, options)),
  };
}

function matrixSql(
  statement: Statement,
  further: (statement: Statement, joins: PlannedJoin[]) => string[] = () => [],
): string {
  const { plan, internal } = statement;
  const present = addSpine(statement);
  const joins = plan.joins.filter((join) => !join.filterOnly);
  const spine = statement.cteName("spine");
  for (const join of joins) if (!present.has(join)) joinCtes(statement, join, spine);
  const select = selectLines({
    columns: [...plan.columns.map((column) => columnSql(statement, column)), ...further(statement, joins)],
    from: [`${spine} AS s`],
    joins: [...new Set(joins.flatMap((join) => joinClauses(statement, join)))],
    orderBy: [`s.${internal.rid}`],
  });
  return statementText(statement.ctes, ["-- One row per row asked for", ...select]);
}

function countSql(statement: Statement): string {
  addSpine(statement);
  return statementText(statement.ctes, [`SELECT count(*) AS "rows" FROM ${statement.cteName("spine")}`]);
}

function columnSql(statement: Statement, column: PlannedColumn): string {
  const { join, name, derived } = column;
  const stored = storedColumn(column);
  const value = join === null ? `s.${quoteName(stored)}` : `${statement.cteName(join)}.${quoteName(name)}`;
  // An aggregate was computed from what its rows' values are at the time.
  if (derived && column.aggregation === null) {
    return `${derivedSql(derived, value, `s.${statement.internal.time}`)} AS ${quoteName(name)}`;
  }
  return join !== null || stored === name ? value : `${value} AS ${quoteName(name)}`;
}

function auditColumns(statement: Statement): AuditColumns {
  const { plan, internal } = statement;
  const plain = (quoted: string) => quoted.slice(1, -1).replaceAll('""', '"');
  return {
    rid: plain(internal.rid),
    repeated: plain(internal.repeated),
    joins: plan.joins
      .filter((join) => !join.filterOnly)
      .map((join) => ({
        join: join.id,
        matched: plain(internal.matched(join)),
        ties: hasTies(join) ? plain(internal.ties(join)) : null,
      })),
  };
}

function auditSql(statement: Statement, joins: PlannedJoin[]): string[] {
  const { plan, internal } = statement;
  const keys = plan.columns.filter(({ role }) => role === "key" || role === "time");
  const partition = keys.map(({ source }) => `s.${quoteName(source.column)}`).join(", ");
  const number = `row_number() OVER (PARTITION BY ${partition} ORDER BY s.${internal.rid})`;
  return [
    `s.${internal.rid}`,
    `CASE WHEN ${number} > 1 THEN TRUE END AS ${internal.repeated}`,
    ...joins.flatMap((join) => {
      const name = statement.cteName(join.id);
      const matched =
        join.cardinality === "aggregated"
          ? `${name}.${internal.rows} > 0`
          : `${name}.${internal.key(0)} IS NOT NULL`;
      return [
        `CASE WHEN ${matched} THEN TRUE END AS ${internal.matched(join)}`,
        ...(hasTies(join)
          ? [`CASE WHEN ${name}.${internal.tied} THEN TRUE END AS ${internal.ties(join)}`]
          : []),
      ];
    }),
  ];
}

/** Only the newest of several rows can tie. */
function hasTies(join: PlannedJoin): boolean {
  const last = join.path.at(-1);
  return last?.cardinality === "point_in_time";
}
