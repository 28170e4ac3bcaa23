"use client";

import type { Chart as ChartData } from "@/lib/charts";
import { BarChart } from "./bar-chart";
import { colourOf } from "./colours";
import { PlaneChart } from "./plane-chart";
import { useWidth } from "./use-width";

/** A result as a picture. Its figures stand in the table beside it, so the picture itself is one image to a screen reader. */
export function Chart({ chart }: { chart: ChartData }) {
  const [frame, width] = useWidth<HTMLDivElement>(640);
  const series = [...new Set(chart.points.map((point) => point.series))];
  const drawn = { chart, series, width };
  return (
    <figure className="min-w-0">
      <div ref={frame} className="overflow-hidden">
        {chart.kind === "bar" ? <BarChart {...drawn} /> : <PlaneChart {...drawn} />}
      </div>
      {series.length > 1 && (
        <ul
          className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-2xs text-dim"
          aria-label={`Colours: ${chart.series}`}
        >
          {series.map((name, index) => (
            <li key={name} className="flex items-center gap-1.5">
              <span className={`size-2 rounded-sm ${colourOf(index).mark}`} aria-hidden="true" />
              {name}
            </li>
          ))}
        </ul>
      )}
      {chart.note && <figcaption className="mt-1.5 text-2xs text-warn">{chart.note}</figcaption>}
    </figure>
  );
}
