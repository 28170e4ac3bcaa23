import type { Plan } from "@/lib/feature-set";
import { count, percent, plural } from "@/lib/figures";
import type { QualityReport } from "@/lib/quality";
import type { Registry } from "@/lib/registry";

export interface Finding {
  level: "ok" | "note" | "warning";
  text: string;
}

/** When every table matches this share of the rows, the joins are sound. */
const goodMatchRate = 0.9;
/** Imputing more than this share of a column is a modelling decision, so it is named. */
const highNullRate = 0.2;

/** The feature engineer's check of a set that has been run: what is sound, and what a person should know before using it. */
export function checkSet(input: { plan: Plan; report: QualityReport; registry: Registry }): Finding[] {
  const { plan, report, registry } = input;
  return [
    ...checkRows(report),
    ...checkJoins(report),
    ...checkNulls(report),
    ...checkPii(plan, registry),
    ...checkTime(plan),
    ...pointToWarnings(report),
  ];
}

/** What is wrong is told by the report's own warnings; saying it twice would bury both. */
function pointToWarnings({ warnings }: QualityReport): Finding[] {
  if (warnings.length === 0) return [];
  const are = plural(warnings.length, "warning stands", "warnings stand");
  return [{ level: "warning", text: `${are} in the report above. Read them before using the matrix.` }];
}

function checkRows({ rows, duplicateKeys }: QualityReport): Finding[] {
  return duplicateKeys === 0 ? [{ level: "ok", text: `${count(rows)} rows, one per key.` }] : [];
}

function checkJoins({ joins }: QualityReport): Finding[] {
  const worst = Math.min(...joins.map((join) => join.rate));
  if (joins.length === 0 || worst < goodMatchRate) return [];
  const share = worst === 1 ? "all rows" : `at least ${percent(worst)} of the rows`;
  return [{ level: "ok", text: `Every table matches ${share}.` }];
}

function checkNulls({ nulls }: QualityReport): Finding[] {
  const high = nulls.filter(({ rate }) => rate > highNullRate);
  if (high.length === 0)
    return [{ level: "ok", text: `No column has more than ${percent(highNullRate)} nulls.` }];
  return [
    {
      level: "note",
      text: `More than ${percent(highNullRate)} nulls in ${columns(high.length)}, the worst being ${names(high)}. Say “drop columns with more than 20% nulls” to leave them out.`,
    },
  ];
}

function checkPii(plan: Plan, registry: Registry): Finding[] {
  const personal = plan.columns.filter(({ role, source }) => {
    const feature = registry.features.find((f) => f.table === source.table && f.name === source.column);
    return role === "feature" && feature?.pii;
  });
  if (personal.length > 0) {
    return [
      {
        level: "warning",
        text: `Personal data in ${columns(personal.length)}: ${personal
          .map(({ name }) => name)
          .slice(0, 5)
          .join(", ")}. Say “exclude PII” to leave them out.`,
      },
    ];
  }
  return [{ level: "ok", text: "No personal data among the features." }];
}

function checkTime(plan: Plan): Finding[] {
  const timed = plan.joins.filter((join) => join.time);
  if (timed.length === 0 || !plan.spine.time) return [];
  const when =
    "instant" in plan.spine.time ? plan.spine.time.instant : `each row's ${plan.spine.time.column}`;
  return [
    {
      level: "ok",
      text: `Only what was known at ${when} is used of ${timed.map(withDelay).join(", ")}.`,
    },
  ];
}

/** `weather (1 h earlier)`: a delay that was asked for is told. */
function withDelay({ alias, time }: Plan["joins"][number]): string {
  const seconds = time?.delaySeconds ?? 0;
  if (seconds === 0) return alias;
  const [unit, size] = (
    [
      ["d", 86_400],
      ["h", 3600],
      ["min", 60],
    ] as const
  ).find(([, one]) => seconds % one === 0) ?? ["s", 1];
  return `${alias} (${seconds / size} ${unit} earlier)`;
}

const columns = (value: number) => plural(value, "column", "columns");
const names = (nulls: QualityReport["nulls"]) =>
  nulls
    .slice(0, 5)
    .map(({ column, rate }) => `${column} (${percent(rate)})`)
    .join(", ");
