import type { ResultPart } from "@/agents/parts";
import { formatCount, formatDuration, formatRate, plural } from "@/components/format";
import { Bar } from "@/components/ui/bar";
import { Icon } from "@/components/ui/icon";
import { Card, CardSection } from "./card";
import { NullRates } from "./null-rates";
import { ResultPreview } from "./result-preview";
import type { CardProps } from "./types";

type Report = ResultPart["report"];

/** What one run of the plan gave: warnings before anything else, then how well it joined, how null it is, and rows. */
export function ResultCard({ data }: CardProps<"result">) {
  const { report } = data;
  return (
    <Card title={data.title} aside={<>stamp {data.stamp}</>}>
      <Headline report={report} />
      <Warnings warnings={report.warnings} />
      {report.joins.length > 0 && <Joins report={report} />}
      {report.nulls.length > 0 && <NullRates nulls={report.nulls} rows={report.rows} />}
      {report.filters.length > 0 && <Filters report={report} />}
      <ResultPreview resultId={data.resultId} rows={report.rows} fixed={data.keys} />
    </Card>
  );
}

function Headline({ report }: { report: Report }) {
  return (
    <dl className="flex flex-wrap gap-x-7 gap-y-2 px-3.5 py-3">
      <Figure label="rows" value={formatCount(report.rows)} />
      <Figure label="columns" value={formatCount(report.columns)} />
      <Figure label="features" value={formatCount(report.features)} />
      <Figure
        label="duplicate keys"
        value={formatCount(report.duplicateKeys)}
        tone={report.duplicateKeys > 0 ? "text-bad" : "text-good"}
      />
      <Figure label="to build" value={formatDuration(report.seconds.total * 1000)} />
    </dl>
  );
}

function Figure({ label, value, tone = "" }: { label: string; value: string; tone?: string }) {
  return (
    <div className="flex flex-col-reverse">
      <dt className="text-2xs text-faint">{label}</dt>
      <dd className={`text-lg leading-6 font-semibold tracking-tight tabular-nums ${tone}`}>{value}</dd>
    </div>
  );
}

function Warnings({ warnings }: { warnings: string[] }) {
  if (warnings.length === 0) return null;
  return (
    <ul className="space-y-1 border-t border-line bg-warn-soft px-3.5 py-2.5">
      {warnings.map((warning) => (
        <li key={warning} className="flex gap-2">
          <Icon name="warning" className="mt-0.5 size-3.5 text-warn" />
          <span className="min-w-0 [overflow-wrap:anywhere]">{warning}</span>
        </li>
      ))}
    </ul>
  );
}

function Joins({ report }: { report: Report }) {
  return (
    <CardSection title="Join success" aside="rows that found their features">
      <ul className="space-y-2">
        {report.joins.map((join) => (
          <li key={join.join} className="grid grid-cols-[1fr_auto] items-center gap-x-4 gap-y-0.5">
            <span className="min-w-0 [overflow-wrap:anywhere]">
              <span className="font-mono text-xs">{join.alias}</span>{" "}
              <span className="text-2xs text-faint">{join.cardinality.replaceAll("_", " ")}</span>
            </span>
            <span className="text-right text-xs tabular-nums">
              {formatCount(join.matched)}
              <span className="text-faint"> / {formatCount(report.rows)}</span>
              <span className="ml-2 inline-block w-12 font-medium">{formatRate(join.rate)}</span>
            </span>
            <Bar
              className="col-span-2"
              rate={join.rate}
              tone={join.rate < 0.5 ? "bad" : join.rate < 0.9 ? "warn" : "accent"}
            />
            <span className="col-span-2 flex flex-wrap gap-x-3 text-2xs text-faint [overflow-wrap:anywhere]">
              <span className="font-mono">{join.via}</span>
              {join.rightDuplicates > 0 && (
                <span className="text-warn">
                  {plural(join.rightDuplicates, "duplicate row")} on the right, kept from multiplying
                </span>
              )}
              {join.ties > 0 && <span className="text-warn">{plural(join.ties, "tie")} in time</span>}
            </span>
          </li>
        ))}
      </ul>
    </CardSection>
  );
}

function Filters({ report }: { report: Report }) {
  return (
    <CardSection title="Filters" aside="each on its own">
      <ul className="space-y-0.5">
        {report.filters.map((filter) => (
          <li key={filter.label} className="flex flex-wrap justify-between gap-x-4">
            <span className="min-w-0 [overflow-wrap:anywhere]">{filter.label}</span>
            <span className="text-xs tabular-nums text-dim">
              keeps {formatCount(filter.kept)} of {formatCount(filter.population)}
              {filter.unknown > 0 && (
                <span className="text-warn"> · {formatCount(filter.unknown)} unknown, left out</span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </CardSection>
  );
}
