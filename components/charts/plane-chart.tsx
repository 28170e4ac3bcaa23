import { formatCell } from "@/components/format";
import type { ChartPoint } from "@/lib/charts";
import { colourOf } from "./colours";
import { linear, measureTicks, roundTicks, type Scale, someOf, tickLabel, timeLabels } from "./scale";
import type { DrawnProps } from "./types";

const place = { top: 10, right: 14, bottom: 36, height: 240 };
const letter = 6;

/** Lines, dots and counted values: all that stands between an axis of `x` and one of `y`. */
export function PlaneChart({ chart, series, width }: DrawnProps) {
  const { kind, points, title, xIs } = chart;
  const floor = place.height - place.bottom;
  const yTicks = measureTicks(
    points.map((point) => point.y),
    kind === "histogram",
  );
  const left = Math.max(...yTicks.map((tick) => tickLabel(tick).length)) * letter + 12;
  const instants = points.map((point) => Number(point.x));
  const xLabel = xIs === "time" ? timeLabels(instants) : tickLabel;
  const xTicks = ticksOf(chart, instants, Math.max(Math.floor((width - left) / 84), 2));
  const ends =
    kind === "histogram" ? points.map((point) => point.to ?? 0) : kind === "scatter" ? xTicks : instants;
  const x = linear([Math.min(...instants, ...ends), Math.max(...ends)], [left + 6, width - place.right - 6]);
  const y = linear([yTicks[0] ?? 0, yTicks.at(-1) ?? 1], [floor, place.top]);
  return (
    <svg width={width} height={place.height} role="img" aria-label={title} className="block">
      <title>{title}</title>
      {yTicks.map((tick) => (
        <g key={tick}>
          <line
            x1={left}
            x2={width - place.right}
            y1={y(tick)}
            y2={y(tick)}
            className={tick === 0 ? "stroke-line-strong" : "stroke-line"}
          />
          <text
            x={left - 6}
            y={y(tick) + 3.5}
            textAnchor="end"
            className="fill-faint text-[10px] tabular-nums"
          >
            {tickLabel(tick)}
          </text>
        </g>
      ))}
      {xTicks.map((tick, index) => (
        <g key={tick}>
          <line x1={x(tick)} x2={x(tick)} y1={floor} y2={floor + 4} className="stroke-line-strong" />
          <text
            x={x(tick)}
            y={floor + 15}
            textAnchor={index === 0 ? "start" : x(tick) > width - 40 ? "end" : "middle"}
            className="fill-faint text-[10px] tabular-nums"
          >
            {xLabel(tick)}
          </text>
        </g>
      ))}
      <text x={(left + width) / 2} y={place.height - 5} textAnchor="middle" className="fill-dim text-[10px]">
        {chart.x}
      </text>
      {kind === "histogram" && <Bins points={points} x={x} y={y} />}
      {kind !== "histogram" &&
        series.map((name, index) => (
          <Series
            key={name}
            points={points.filter((point) => point.series === name)}
            colour={colourOf(index)}
            isLine={kind === "line"}
            {...{ x, y, xLabel, name }}
          />
        ))}
    </svg>
  );
}

function ticksOf({ kind, points, xIs }: DrawnProps["chart"], instants: number[], count: number): number[] {
  if (kind === "scatter") return roundTicks(Math.min(...instants), Math.max(...instants), Math.min(count, 7));
  const last = points.at(-1)?.to;
  const values = kind === "histogram" && last !== undefined ? [...instants, last] : instants;
  const different = [...new Set(values)].sort((a, b) => a - b);
  return someOf(different, xIs === "time" ? count : Math.min(count * 2, 12));
}

function Bins({ points, x, y }: { points: ChartPoint[]; x: Scale; y: Scale }) {
  return points.map((point) => {
    const [from, to] = [x(Number(point.x)), x(point.to ?? 0)];
    return (
      <g key={point.x}>
        <title>{`${formatCell(Number(point.x))} to ${formatCell(point.to ?? 0)}: ${formatCell(point.y)} rows`}</title>
        <rect
          x={from + 0.5}
          width={Math.max(to - from - 1, 1)}
          y={y(point.y)}
          height={Math.max(y(0) - y(point.y), 0)}
          className="fill-series-1"
        />
      </g>
    );
  });
}

function Series(props: {
  points: ChartPoint[];
  name: string | null;
  colour: ReturnType<typeof colourOf>;
  isLine: boolean;
  x: Scale;
  y: Scale;
  xLabel(value: number): string;
}) {
  const { points, name, colour, isLine, x, y, xLabel } = props;
  const path = points.map(
    (point, index) =>
      `${index && !point.isAfterGap ? "L" : "M"}${x(Number(point.x)).toFixed(1)} ${y(point.y).toFixed(1)}`,
  );
  const radius = isLine ? (points.length > 60 ? 1.5 : 2.5) : 3;
  return (
    <g>
      {isLine && (
        <path
          d={path.join("")}
          fill="none"
          strokeWidth={1.75}
          strokeLinejoin="round"
          className={colour.stroke}
        />
      )}
      {points.map((point, index) => (
        // Dots may fall on each other and never change places.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <g key={index}>
          <title>{`${name === null ? "" : `${name}, `}${isLine ? xLabel(Number(point.x)) : formatCell(Number(point.x))}: ${formatCell(point.y)}`}</title>
          <circle cx={x(Number(point.x))} cy={y(point.y)} r={8} fill="transparent" />
          <circle
            cx={x(Number(point.x))}
            cy={y(point.y)}
            r={radius}
            className={isLine ? colour.fill : `${colour.fill} opacity-60`}
          />
        </g>
      ))}
    </g>
  );
}
