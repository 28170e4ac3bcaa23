import type { Plan } from "@/lib/feature-set";
import type { QualityReport } from "@/lib/quality";
import type { Registry } from "@/lib/registry";

export interface Finding {
  level: "ok" | "note" | "warning";
  text: string;
}

/** A table that fewer rows than this find is worth a warning. */
const lowMatchRate = 0.8;
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
    ...report.warnings.map((text): Finding => ({ level: "warning", text })),
  ];
}

function checkRows({ rows, duplicateKeys }: QualityReport): Finding[] {
  return [
    duplicateKeys === 0
      ? { level: "ok", text: `${count(rows)} rows, one per key.` }
      : { level: "warning", text: `${count(duplicateKeys)} rows repeat the key of another row.` },
  ];
}

function checkJoins({ joins, rows }: QualityReport): Finding[] {
  const low = joins.filter((join) => join.rate < lowMatchRate);
  if (joins.length > 0 && low.length === 0) {
    const worst = Math.min(...joins.map((join) => join.rate));
    return [{ level: "ok", text: `Every table matches at least ${percent(worst)} of the rows.` }];
  }
  return low.map((join) => ({
    level: "warning",
    text: `${join.alias} matches only ${count(join.matched)} of ${count(rows)} rows (${percent(join.rate)}); its features are null for the rest.`,
  }));
}

function checkNulls({ nulls }: QualityReport): Finding[] {
  const empty = nulls.filter(({ rate }) => rate === 1);
  const high = nulls.filter(({ rate }) => rate > highNullRate && rate < 1);
  const findings: Finding[] = [];
  if (empty.length > 0) {
    findings.push({
      level: "warning",
      text: `No value at all in ${columns(empty.length)}: ${names(empty)}.`,
    });
  }
  if (high.length > 0) {
    findings.push({
      level: "note",
      text: `More than ${percent(highNullRate)} nulls in ${columns(high.length)}, the worst being ${names(high)}. Say “drop columns with more than 20% nulls” to leave them out.`,
    });
  }
  if (findings.length === 0)
    findings.push({ level: "ok", text: `No column has more than ${percent(highNullRate)} nulls.` });
  return findings;
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
      text: `${timed.map(({ alias }) => alias).join(", ")}: only what was known at ${when} is used.`,
    },
  ];
}

const count = (value: number) => value.toLocaleString("en-US");
const columns = (value: number) => (value === 1 ? "1 column" : `${count(value)} columns`);
const names = (nulls: QualityReport["nulls"]) =>
  nulls
    .slice(0, 5)
    .map(({ column, rate }) => `${column} (${percent(rate)})`)
    .join(", ");

/** Never rounds up to 100 % or down to 0 %: 99.96 % of rows is not all of them. */
function percent(rate: number): string {
  if (rate > 0.999 && rate < 1) return "99.9%";
  if (rate > 0 && rate < 0.001) return "0.1%";
  return `${Math.round(rate * 1000) / 10}%`;
}
