/** One colour per series, from the theme; a chart has at most six. */
export const seriesColours = [
  { fill: "fill-series-1", stroke: "stroke-series-1", mark: "bg-series-1" },
  { fill: "fill-series-2", stroke: "stroke-series-2", mark: "bg-series-2" },
  { fill: "fill-series-3", stroke: "stroke-series-3", mark: "bg-series-3" },
  { fill: "fill-series-4", stroke: "stroke-series-4", mark: "bg-series-4" },
  { fill: "fill-series-5", stroke: "stroke-series-5", mark: "bg-series-5" },
  { fill: "fill-series-6", stroke: "stroke-series-6", mark: "bg-series-6" },
] as const;

export type SeriesColour = (typeof seriesColours)[number];

export function colourOf(index: number): SeriesColour {
  return seriesColours[index % seriesColours.length] ?? seriesColours[0];
}
