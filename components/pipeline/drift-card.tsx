import { formatCell, formatCount, formatRate } from "@/components/format";
import { Chip } from "@/components/ui/chip";
import { type Distribution, distributionOf } from "./distribution";
import { driftAnchor } from "./drift-anchor";
import { DriftPlot } from "./drift-plot";
import type { DriftView } from "./gates-types";

interface Stamps {
  reference: string;
  current: string;
}

const verdicts = {
  halt: ["bad", "failed"],
  warn: ["warn", "warning"],
  pass: ["plain", "passed"],
  insufficient: ["plain", "too few rows to tell"],
  no_reference: ["plain", "no reference"],
} as const;

/** One column in two stamps: the plot, how far they are apart, and the same as a table. */
export function DriftCard({ detail, stamps }: { detail: DriftView; stamps: Stamps }) {
  const distribution = distributionOf(detail);
  const [tone, word] = verdicts[detail.verdict];
  const title = `${detail.table}.${detail.column}: shares of rows per bin in ${stamps.reference} and ${stamps.current}`;
  return (
    <figure
      id={driftAnchor(detail)}
      className="min-w-0 scroll-mt-4 rounded-lg border border-line bg-surface px-3.5 py-3 target:border-accent"
    >
      <figcaption className="mb-2 flex items-start justify-between gap-3">
        <div className="min-w-0 [overflow-wrap:anywhere]">
          <h3 className="font-mono text-xs font-medium">{detail.column}</h3>
          <p className="font-mono text-2xs text-faint">{detail.table}</p>
        </div>
        <Chip tone={tone}>{word}</Chip>
      </figcaption>
      <p className="mb-1 flex flex-wrap gap-x-4 text-2xs text-dim">
        <Key
          colour="bg-faint/55"
          text={`${stamps.reference}, ${formatCount(distribution.rows.reference)} rows`}
        />
        <Key colour="bg-accent" text={`${stamps.current}, ${formatCount(distribution.rows.current)} rows`} />
      </p>
      <DriftPlot
        title={title}
        distribution={distribution}
        edges={detail.bins.kind === "number" ? detail.bins.edges : null}
      />
      <Measures detail={detail} />
      <details className="mt-2 text-xs">
        <summary className="list-none rounded text-accent hover:underline">As a table</summary>
        <BinTable distribution={distribution} stamps={stamps} />
      </details>
    </figure>
  );
}

function Key({ colour, text }: { colour: string; text: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span aria-hidden="true" className={`size-2 rounded-[1px] ${colour}`} />
      {text}
    </span>
  );
}

function Measures({ detail: { psi, measures } }: { detail: DriftView }) {
  const { jsDistance, kl, lInfinity, chiSquareP, ks } = measures;
  const shown: [string, string, string][] = [
    ["PSI", "Population stability index; 0.1 warns, 0.25 halts", psi.toFixed(3)],
    ["JS distance", "Square root of the Jensen–Shannon divergence, 0 to 1", jsDistance.toFixed(3)],
    ["KL", "Divergence of this stamp from the reference, in nats", kl === null ? "infinite" : kl.toFixed(3)],
    ["greatest shift", "Greatest difference of two shares, less what chance explains", formatRate(lInfinity)],
    [
      "χ² p",
      "Chance of such a difference if nothing had changed",
      chiSquareP === null ? "–" : pValue(chiSquareP),
    ],
    ...(ks
      ? ([
          ["KS", "Kolmogorov–Smirnov on the values", `${ks.statistic.toFixed(3)}, p ${pValue(ks.pValue)}`],
        ] satisfies [string, string, string][])
      : []),
  ];
  return (
    <dl className="mt-1 flex flex-wrap gap-x-4 gap-y-0.5 text-2xs">
      {shown.map(([name, meaning, value]) => (
        <div key={name} className="flex gap-1.5" title={meaning}>
          <dt className="text-faint">{name}</dt>
          <dd className="tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function pValue(p: number): string {
  return p < 1e-4 ? "<0.0001" : formatCell(Number(p.toFixed(4)));
}

function BinTable({ distribution: { bins }, stamps }: { distribution: Distribution; stamps: Stamps }) {
  return (
    <table className="mt-1 w-full">
      <thead className="text-left text-2xs text-faint">
        <tr>
          <th className="font-medium">bin</th>
          <th className="text-right font-medium">{stamps.reference}</th>
          <th className="text-right font-medium">{stamps.current}</th>
        </tr>
      </thead>
      <tbody>
        {bins.map(({ kind, label, reference, current }) => (
          <tr key={`${kind} ${label}`} className="border-t border-line tabular-nums">
            <td className="py-0.5 [overflow-wrap:anywhere]">{label}</td>
            <td className="py-0.5 text-right">{formatRate(reference)}</td>
            <td className="py-0.5 text-right">{formatRate(current)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
