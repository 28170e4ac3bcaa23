import { formatRate } from "@/components/format";
import { type Bin, type Distribution, shortNumber } from "./distribution";

const size = { width: 420, height: 190, left: 34, right: 4, top: 8, bottom: 44 };
const floor = size.height - size.bottom;

/**
 * Two distributions as pairs of bars: the reference grey, this stamp in colour. Missing and other values stand apart on the right.
 * The same figures stand in a table beside it.
 */
export function DriftPlot({ title, distribution, edges }: DriftPlotProps) {
  const { bins } = distribution;
  const greatest = Math.max(...bins.flatMap(({ reference, current }) => [reference, current]), 0.01);
  const step = [0.02, 0.05, 0.1, 0.2, 0.25, 0.5].find((candidate) => greatest / candidate <= 4) ?? 0.5;
  const top = Math.ceil(greatest / step - 1e-9) * step;
  const y = (share: number) => floor - (share / top) * (floor - size.top);
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
  const gap = 14;
  const pitch = (size.width - size.left - size.right - gap) / bins.length;
  const x = (index: number) => size.left + index * pitch + (bins[index]?.kind === "value" ? 0 : gap);

  return (
    <svg viewBox={`0 0 ${size.width} ${size.height}`} role="img" aria-label={title} className="w-full">
      <title>{title}</title>
      {ticks.map((tick) => (
        <g key={tick}>
          <line
            x1={size.left}
            x2={size.width - size.right}
            y1={y(tick)}
            y2={y(tick)}
            className={tick === 0 ? "stroke-line-strong" : "stroke-line"}
          />
          <text x={size.left - 5} y={y(tick) + 3} textAnchor="end" className="fill-faint text-[9px]">
            {Math.round(tick * 100)}%
          </text>
        </g>
      ))}
      {bins.map((bin, index) => (
        <Bars key={`${bin.kind} ${bin.label}`} bin={bin} x={x(index)} width={pitch} y={y} />
      ))}
      {edges
        ? edges.map((edge, index) =>
            // Every second border is named where names would run into each other.
            edges.length > 5 && index % 2 === 1 ? null : (
              <text
                key={edge}
                x={x(index + 1)}
                y={floor + 13}
                textAnchor="middle"
                className="fill-dim text-[9px] tabular-nums"
              >
                {shortNumber(edge)}
              </text>
            ),
          )
        : null}
      {bins.map((bin, index) =>
        edges && bin.kind === "value" ? null : (
          <Name key={`${bin.kind} ${bin.label}`} text={bin.label} x={x(index) + pitch / 2} />
        ),
      )}
    </svg>
  );
}

interface DriftPlotProps {
  title: string;
  distribution: Distribution;
  /** Borders of the bins of numbers; null for categories, whose bins have names. */
  edges: number[] | null;
}

function Bars({ bin, x, width, y }: { bin: Bin; x: number; width: number; y(share: number): number }) {
  const bar = Math.min((width - 4) / 2, 14);
  const left = x + width / 2 - bar;
  return (
    <g>
      <title>{`${bin.label}: ${formatRate(bin.reference)} before, ${formatRate(bin.current)} now`}</title>
      <rect x={x} y={size.top} width={width} height={floor - size.top} fill="transparent" />
      <rect
        x={left}
        width={bar}
        y={y(bin.reference)}
        height={floor - y(bin.reference)}
        className="fill-faint/55"
      />
      <rect
        x={left + bar}
        width={bar}
        y={y(bin.current)}
        height={floor - y(bin.current)}
        className="fill-accent"
      />
    </g>
  );
}

/** Slanted, so that the names of many bins stand beside each other. */
function Name({ text, x }: { text: string; x: number }) {
  const short = text.length > 9 ? `${text.slice(0, 8)}…` : text;
  return (
    <text
      x={x + 3}
      y={floor + 11}
      textAnchor="end"
      transform={`rotate(-38 ${x + 3} ${floor + 11})`}
      className="fill-dim text-[9px]"
    >
      {short}
    </text>
  );
}
