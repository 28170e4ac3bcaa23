import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { type Chart, drawChart } from "@/lib/charts";
import { PlaneChart } from "./plane-chart";

function drawnLine(months: string[]): { pieces: string[]; dots: number } {
  const columns = [
    { name: "month", type: "date" },
    { name: "listings", type: "integer" },
  ];
  const rows = months.map((month, index) => [`${month}-01`, index]);
  const chart = drawChart({ columns, rows, truncated: false }) as Chart;
  const markup = renderToStaticMarkup(<PlaneChart chart={chart} series={[null]} width={640} />);
  const path = /<path d="([^"]*)"/.exec(markup)?.[1] ?? "";
  return {
    pieces: path.split("M").slice(1),
    dots: markup.match(/<title>\w+ 2026: \d+<\/title>/g)?.length ?? 0,
  };
}

it("draws one line through months that follow each other", () => {
  const { pieces, dots } = drawnLine(["2026-01", "2026-02", "2026-03"]);
  expect(pieces.map((piece) => piece.split("L").length)).toEqual([3]);
  expect(dots).toBe(3);
});

it("draws no line over a month without rows, and a month between two such as a dot", () => {
  const { pieces, dots } = drawnLine(["2026-01", "2026-02", "2026-04", "2026-06", "2026-07"]);
  expect(pieces.map((piece) => piece.split("L").length)).toEqual([2, 1, 2]);
  expect(dots).toBe(5);
});
