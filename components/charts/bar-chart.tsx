import { formatCell } from "@/components/format";
import { colourOf } from "./colours";
import { linear, measureTicks, tickLabel } from "./scale";
import type { DrawnProps } from "./types";

const letter = 6.1;
const axis = 20;

/** Bars that lie, so that their names can be read; in the order of the rows, from zero. */
export function BarChart({ chart, series, width }: DrawnProps) {
  const { points, title } = chart;
  const names = [...new Set(points.map((point) => point.x))];
  const thickness = series.length > 1 ? 10 : 14;
  const pitch = thickness * series.length + 8;
  const longest = Math.max(...names.map((name) => String(name ?? "null").length));
  const left = Math.min(longest * letter + 10, width * 0.34, 190);
  const right = 52;
  const ticks = measureTicks(
    points.map((point) => point.y),
    true,
    width < 420 ? 3 : 6,
  );
  const x = linear([ticks[0] ?? 0, ticks.at(-1) ?? 1], [left, width - right]);
  const floor = names.length * pitch + 4;
  return (
    <svg width={width} height={floor + axis} role="img" aria-label={title} className="block">
      <title>{title}</title>
      {ticks.map((tick) => (
        <g key={tick}>
          <line
            x1={x(tick)}
            x2={x(tick)}
            y1={0}
            y2={floor}
            className={tick === 0 ? "stroke-line-strong" : "stroke-line"}
          />
          <text
            x={x(tick)}
            y={floor + 13}
            textAnchor="middle"
            className="fill-faint text-[10px] tabular-nums"
          >
            {tickLabel(tick)}
          </text>
        </g>
      ))}
      {names.map((name, place) => (
        <text
          key={name ?? "null"}
          x={left - 6}
          y={place * pitch + pitch / 2 + 3.5}
          textAnchor="end"
          className={`text-[11px] ${name === null ? "fill-faint italic" : "fill-dim"}`}
        >
          <title>{name ?? "null"}</title>
          {cut(String(name ?? "null"), left - 10)}
        </text>
      ))}
      {points.map((point) => {
        const at = names.indexOf(point.x) * pitch + 4 + series.indexOf(point.series) * thickness;
        const [from, to] = [x(Math.min(point.y, 0)), x(Math.max(point.y, 0))];
        return (
          <g key={`${point.x} ${point.series}`}>
            <title>{`${point.series === null ? "" : `${point.series}, `}${point.x ?? "null"}: ${formatCell(point.y)}`}</title>
            <rect x={left} width={width - left - right} y={at} height={thickness} fill="transparent" />
            <rect
              x={from}
              width={Math.max(to - from, 1)}
              y={at + 0.5}
              height={thickness - 1}
              rx={1.5}
              className={colourOf(series.indexOf(point.series)).fill}
            />
            <text
              x={point.y < 0 ? from - 5 : to + 5}
              y={at + thickness / 2 + 3.5}
              textAnchor={point.y < 0 ? "end" : "start"}
              className="fill-dim text-[10px] tabular-nums"
            >
              {tickLabel(Number(point.y.toPrecision(4)))}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

function cut(text: string, pixels: number): string {
  const letters = Math.max(Math.floor(pixels / letter), 4);
  const all = [...text];
  return all.length > letters ? `${all.slice(0, letters - 1).join("")}…` : text;
}
