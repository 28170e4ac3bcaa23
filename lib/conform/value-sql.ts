import type { QuarantineReason } from "@/lib/pipeline/steps";
import { quoteText } from "@/lib/warehouse";
import type { SourceColumn } from "./columns";
import { missingWords } from "./value-macros";

/** A condition in SQL, and what is wrong where it holds. */
export type Fault = [condition: string, reason: QuarantineReason];

/**
 * How a column's text is judged: three layers of expressions, each over the columns of the one before, so that nothing is
 * computed twice. The functions are those of `valueMacros`.
 */
export interface ValueSql {
  /** Text as found → trimmed text, NULL where nothing is there. */
  present(raw: string): string;
  /** Trimmed text → what it was read as, NULL where it could not be. */
  read(present: string): string;
  /** What was read → a value of the engine's type; of use only where there is no fault. */
  value(read: string): string;
  /** In order: the first that holds is the reason. */
  faults(present: string, read: string): Fault[];
}

export function valueSql(column: SourceColumn): ValueSql {
  const missing = (present: string): Fault[] =>
    column.nullable ? [] : [[`${present} IS NULL`, "missing_value"]];
  const unread = (present: string, read: string) => `${present} IS NOT NULL AND ${read} IS NULL`;
  const common: ValueSql = {
    present: (raw) => `present(tidy(${raw}))`,
    read: (present) => present,
    value: (read) => read,
    faults: (present, read) => [...missing(present), [unread(present, read), "wrong_type"]],
  };

  switch (column.kind) {
    case "text":
      return {
        ...common,
        present: (raw) => `present_text(tidy(${raw}))`,
        faults: (present) => [...missing(present), ...lengthFaults(column, present)],
      };
    case "number":
      return {
        ...common,
        read: (present) => `read_number(${present})`,
        faults: (present, read) => [...common.faults(present, read), [outside(column, read), "out_of_range"]],
      };
    case "integer":
      return {
        ...common,
        read: (present) => `read_number(${present})`,
        value: (read) => `TRY_CAST(${read} AS BIGINT)`,
        faults: (present, read) => [
          ...common.faults(present, read),
          [`NOT isinf(${read}) AND ${read} <> trunc(${read})`, "wrong_type"],
          [outside(column, read), "out_of_range"],
        ],
      };
    case "flag":
      return { ...common, read: (present) => `read_flag(${present})` };
    case "date":
    case "time":
      return {
        ...common,
        read: (present) => `read_${column.kind}(${present})`,
        faults: (present, read) => [
          ...missing(present),
          [`${unread(present, read)} AND meant_for_date(${present})`, "impossible_date"],
          [unread(present, read), "wrong_type"],
        ],
      };
    case "choice": {
      const isWord = column.choices.some((choice) => missingWords.includes(choice.toLowerCase()));
      return {
        ...common,
        present: isWord ? (raw) => `present_text(tidy(${raw}))` : common.present,
        read: (present) => choiceOf(present, column.choices),
      };
    }
  }
}

/** Zod counts code points, as the engine does. A text has no more of them than bytes, which are quicker to count. */
function lengthFaults({ least, most }: SourceColumn, present: string): Fault[] {
  const faults: Fault[] = [];
  if (most !== null)
    faults.push([`strlen(${present}) > ${most} AND length(${present}) > ${most}`, "out_of_range"]);
  if (least !== null && least > 1) faults.push([`length(${present}) < ${least}`, "out_of_range"]);
  return faults;
}

/** Also whole numbers beyond 2^53, which a number of JavaScript's cannot hold, and `1e309`. */
function outside({ kind, least, most }: SourceColumn, read: string): string {
  const safe = kind === "integer" ? Number.MAX_SAFE_INTEGER : Number.MAX_VALUE;
  const low = Math.max(least ?? -safe, -safe);
  const high = Math.min(most ?? safe, safe);
  return `${read} NOT BETWEEN '${low}'::DOUBLE AND '${high}'::DOUBLE`;
}

/** One of the choices, or one but for its case where no two differ by case alone. */
function choiceOf(present: string, choices: string[]): string {
  const lower = choices.map((choice) => choice.toLowerCase());
  const exact = `CASE WHEN ${present} IN (${choices.map(quoteText).join(", ")}) THEN ${present}`;
  if (new Set(lower).size < choices.length) return `${exact} END`;
  const cases = choices.map((choice, i) => `WHEN ${quoteText(lower[i] ?? "")} THEN ${quoteText(choice)}`);
  return `${exact} ELSE CASE lower(${present}) ${cases.join(" ")} END END`;
}
