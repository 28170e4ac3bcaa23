import { formatCount, formatRate } from "@/components/format";
import { Bar } from "@/components/ui/bar";
import { Chip } from "@/components/ui/chip";
import type { Feature } from "@/lib/registry/types";

/** Features, one line each: what it is, its type, how null it is, whether it is personal. */
export function FeatureTable({ features, showTable }: { features: Feature[]; showTable: boolean }) {
  if (features.length === 0) return null;
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-surface">
      <table className="w-full table-fixed text-xs">
        <thead className="border-b border-line bg-sunken text-left text-2xs text-faint">
          <tr>
            <th className="px-3.5 py-1.5 font-medium">feature</th>
            <th className="hidden w-24 px-2 py-1.5 font-medium sm:table-cell">type</th>
            <th className="hidden w-24 px-2 py-1.5 text-right font-medium lg:table-cell">distinct</th>
            <th className="w-28 px-3.5 py-1.5 font-medium">null</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {features.map((feature) => (
            <tr key={`${feature.table}.${feature.name}`}>
              <td className="px-3.5 py-1.5 align-top">
                <div className="flex flex-wrap items-baseline gap-x-2">
                  <span className="font-mono text-ink [overflow-wrap:anywhere]">{feature.name}</span>
                  {feature.pii && <Chip tone="warn">PII</Chip>}
                  {feature.isKey && <Chip>key</Chip>}
                  {feature.windowDays !== undefined && <Chip>{feature.windowDays} d</Chip>}
                </div>
                <div className="text-dim [overflow-wrap:anywhere]">{feature.description}</div>
                {showTable && <div className="truncate font-mono text-2xs text-faint">{feature.table}</div>}
              </td>
              <td className="hidden px-2 py-1.5 align-top text-dim sm:table-cell">
                {feature.type}
                {feature.unit && <span className="block text-2xs text-faint">{feature.unit}</span>}
                {feature.aggregation && (
                  <span className="block text-2xs text-faint">
                    {feature.aggregation.replaceAll("_", " ")}
                  </span>
                )}
              </td>
              <td className="hidden px-2 py-1.5 text-right align-top tabular-nums text-dim lg:table-cell">
                {formatCount(feature.distinctCount)}
              </td>
              <td className="px-3.5 py-1.5 align-top">
                <span className="flex items-center gap-2 tabular-nums">
                  <Bar
                    rate={feature.nullRate}
                    tone={feature.nullRate > 0.5 ? "bad" : feature.nullRate > 0.2 ? "warn" : "dim"}
                    className="w-8 shrink-0"
                  />
                  {formatRate(feature.nullRate)}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
