import type { DriftDetail } from "@/lib/quality/gates";

export interface Bin {
  /** "below 10", "10 to 20", "SUV"; `missing` and `other` stand apart. */
  label: string;
  kind: "value" | "missing" | "other";
  reference: number;
  current: number;
}

export interface Distribution {
  bins: Bin[];
  /** Rows on either side: what the shares are of. */
  rows: { reference: number; current: number };
}

/** Both sides of a column as shares per bin, missing and other values last. */
export function distributionOf({ bins, reference, current }: DriftDetail): Distribution {
  const rows = { reference: rowsOf(reference), current: rowsOf(current) };
  const share = (of: keyof typeof rows, count: number | undefined) =>
    rows[of] === 0 ? 0 : (count ?? 0) / rows[of];
  const labels = bins.kind === "category" ? bins.values : intervals(bins.edges);
  return {
    rows,
    bins: [
      ...labels.map((label, index) => ({
        ...{ label, kind: "value" as const },
        reference: share("reference", reference.values[index]),
        current: share("current", current.values[index]),
      })),
      ...(["missing", "other"] as const).map((kind) => ({
        ...{ label: kind, kind },
        reference: share("reference", reference[kind]),
        current: share("current", current[kind]),
      })),
    ],
  };
}

/** 1234.5 → "1.23k": three digits are enough to tell bins apart. */
export function shortNumber(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude === 0) return "0";
  if (magnitude < 1e-3) return value.toExponential(1);
  const scales = [
    [1e9, "bn"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const;
  const [scale, letter] = scales.find(([least]) => magnitude >= least) ?? [1, ""];
  return `${Number((value / scale).toPrecision(3))}${letter}`;
}

function intervals(edges: number[]): string[] {
  if (edges.length === 0) return ["any value"];
  const inner = edges
    .slice(1)
    .map((edge, index) => `${shortNumber(edges[index] ?? 0)} to ${shortNumber(edge)}`);
  return [`up to ${shortNumber(edges[0] ?? 0)}`, ...inner, `above ${shortNumber(edges.at(-1) ?? 0)}`];
}

function rowsOf({ values, missing, other }: DriftDetail["reference"]): number {
  return values.reduce((sum, count) => sum + count, 0) + missing + other;
}
