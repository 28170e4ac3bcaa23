import { chooseChart } from "./choose";
import { type ChartColumn, chartColumns, isPeriod, numberOf, timeOf } from "./columns";
import { markGaps } from "./gaps";
import { binValues } from "./histogram";
import { type Chart, type ChartedResult, type ChartPoint, type ChartSpec, chartSpecSchema } from "./spec";

/** `name`: characters; the message that holds a chart is stored with every event. */
const most = { bars: 50, series: 6, points: 2000, name: 200 };

/**
 * The chart of a result, or null where none fits it or one would mislead: too many bars, several values where one should
 * stand, nothing known. A proposal, for instance a model's, is drawn only where it fits the schema, the columns and these
 * rules; otherwise the rules choose.
 */
export function drawChart(result: ChartedResult, proposal?: unknown): Chart | null {
  const columns = chartColumns(result);
  const proposed = chartSpecSchema.safeParse(proposal);
  const drawn = proposed.success ? draw(proposed.data, columns, result) : null;
  if (drawn) return drawn;
  const chosen = chooseChart(columns, result.rows.length);
  return chosen ? draw(chosen, columns, result) : null;
}

function draw(spec: ChartSpec, columns: ChartColumn[], result: ChartedResult): Chart | null {
  const x = columnNamed(spec.x, columns);
  const y = spec.y === null ? null : columnNamed(spec.y, columns);
  const series = spec.series === null ? null : columnNamed(spec.series, columns);
  if (!x || y === undefined || series === undefined) return null;
  if (!fits(spec.kind, x, y, series)) return null;
  if (series && series.distinct > most.series) return null;
  const drawn = y ? measured(spec.kind, x, y, series, result) : counted(x, result);
  if (!drawn || drawn.points.length < 2 || drawn.points.length > most.points) return null;
  if (spec.kind === "bar" && new Set(drawn.points.map((point) => point.x)).size > most.bars) return null;
  const of = series ? ` and ${series.name}` : "";
  const title = y ? `${y.name} by ${x.name}${of}` : `Rows by ${x.name}`;
  return {
    ...{ kind: spec.kind, x: x.name, y: y?.name ?? null, series: series?.name ?? null },
    ...{ title, xIs: drawn.xIs, points: drawn.points, note: noteOf(result, drawn.rows) },
  };
}

/** Two columns of one name cannot be told apart. */
function columnNamed(name: string, columns: ChartColumn[]): ChartColumn | undefined {
  const found = columns.filter((column) => column.name === name);
  return found.length === 1 ? found[0] : undefined;
}

function fits(
  kind: ChartSpec["kind"],
  x: ChartColumn,
  y: ChartColumn | null,
  series: ChartColumn | null,
): boolean {
  if (kind === "histogram") return x.role === "number" && y === null && series === null;
  if (y?.role !== "number" || y === x || (series && (series === x || series === y))) return false;
  if (series && series.role !== "name") return false;
  if (kind === "bar") return x.role !== "number" || isPeriod(x);
  if (kind === "line") return x.role === "time" || isPeriod(x);
  return x.role === "number";
}

interface Drawn {
  points: ChartPoint[];
  /** How many rows are in them. */
  rows: number;
  xIs: Chart["xIs"];
}

function measured(
  kind: ChartSpec["kind"],
  x: ChartColumn,
  y: ChartColumn,
  series: ChartColumn | null,
  { rows }: ChartedResult,
): Drawn | null {
  const xIs = kind === "bar" ? "name" : x.role === "time" ? "time" : "number";
  const places = rows.flatMap((row) => {
    const cell = row[x.index] ?? null;
    const at =
      xIs === "name"
        ? cell === null
          ? null
          : drawnName(cell)
        : xIs === "time"
          ? timeOf(cell)
          : numberOf(cell);
    if (at === null && kind !== "bar") return [];
    const name = series ? drawnName(row[series.index] ?? "null") : null;
    return [{ x: at, y: numberOf(row[y.index]), series: name }];
  });
  const points = places.flatMap(({ y, ...place }): ChartPoint[] => (y === null ? [] : [{ ...place, y }]));
  if (kind === "scatter") return { points, rows: points.length, xIs };
  // One name or instant has one value: several would be drawn over each other.
  if (new Set(points.map((point) => JSON.stringify([point.x, point.series]))).size < points.length)
    return null;
  if (kind !== "line") return { points, rows: points.length, xIs };
  const inOrder = places.map((place) => ({ ...place, x: Number(place.x) })).sort((a, b) => a.x - b.x);
  return { points: markGaps(inOrder, x, xIs), rows: points.length, xIs };
}

function drawnName(cell: string | number | boolean): string {
  const text = String(cell);
  // By characters, so that none is cut in two.
  return text.length > most.name ? `${[...text.slice(0, most.name)].slice(0, -1).join("")}…` : text;
}

function counted(x: ChartColumn, { rows }: ChartedResult): Drawn {
  const values = rows.flatMap((row) => numberOf(row[x.index]) ?? []);
  return { points: values.length > 1 ? binValues(values) : [], rows: values.length, xIs: "number" };
}

function noteOf({ rows, truncated }: ChartedResult, drawn: number): string | null {
  const left = rows.length - drawn;
  const notes = [
    ...(truncated ? ["There are more rows than these; the chart shows the first ones only."] : []),
    ...(left > 0 ? [`${left} ${left === 1 ? "row has" : "rows have"} no value to draw.`] : []),
  ];
  return notes.length > 0 ? notes.join(" ") : null;
}
