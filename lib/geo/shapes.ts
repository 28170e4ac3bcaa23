import { area, circle, length, polygonToLine } from "@turf/turf";
import type { Feature, Polygon } from "geojson";
import type { Place } from "./cells";
import { kilometres } from "./nearby";

/** Polygons are planar over the few kilometres of a city; areas and lengths are taken on the sphere. */
export type Shape = Feature<Polygon>;

/**
 * A GeoJSON polygon's text as a shape; null where it is none: broken JSON, another type, a ring that is not closed.
 */
export function readShape(text: string): Shape | null {
  try {
    const geometry = JSON.parse(text) as Polygon;
    const [ring = []] = geometry.coordinates;
    const [first, last] = [ring[0], ring.at(-1)];
    const isClosed = ring.length >= 4 && first?.[0] === last?.[0] && first?.[1] === last?.[1];
    const isNumeric = ring.every(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
    if (geometry.type !== "Polygon" || !isClosed || !isNumeric) return null;
    return { type: "Feature", geometry, properties: {} };
  } catch {
    return null;
  }
}

export function shapeSquareKilometres(shape: Shape): number {
  return area(shape) / 1e6;
}

export function shapePerimeter(shape: Shape): number {
  return length(polygonToLine(shape), { units: "kilometers" });
}

/** The places within `km` of a centre, as a polygon of 48 corners. */
export function catchment(centre: Place, km: number): Shape {
  return circle([centre.longitude, centre.latitude], km, { steps: 48, units: "kilometers" });
}

/**
 * How much of `shape` lies in the catchment of `km` around `centre`: 0 … 1. Whole or none is told by its corners alone; what is
 * on the border is clipped with the catchment edge by edge (Sutherland and Hodgman 1974: right whenever the window is convex,
 * as a circle is, and a hundred times as fast as the general intersection, which judges it in the tests).
 */
export function shareWithin(shape: Shape, centre: Place, km: number, around: Shape): number {
  const corners = shape.geometry.coordinates[0] ?? [];
  const distances = corners.map(([longitude = 0, latitude = 0]) =>
    kilometres(centre, { latitude, longitude }),
  );
  // The catchment's own polygon falls short of its circle by a five-hundredth between its corners.
  if (Math.max(...distances) <= km * 0.995) return 1;
  const subject = corners.slice(0, -1) as Point[];
  const window = (around.geometry.coordinates[0] ?? []) as Point[];
  // Shares of areas are the same in degrees as in kilometres, over a few kilometres.
  return Math.min(1, surface(clip(subject, window)) / surface(subject));
}

type Point = [x: number, y: number];

/** `window` is closed and runs against the clock, as GeoJSON's outer rings do. */
function clip(subject: Point[], window: Point[]): Point[] {
  let left = subject;
  for (let edge = 0; edge + 1 < window.length && left.length > 0; edge++) {
    const [from, to] = [window[edge] as Point, window[edge + 1] as Point];
    const side = ([x, y]: Point) => (to[0] - from[0]) * (y - from[1]) - (to[1] - from[1]) * (x - from[0]);
    const kept: Point[] = [];
    for (const [index, point] of left.entries()) {
      const before = left.at(index - 1) as Point;
      const [here, there] = [side(point), side(before)];
      if (here >= 0 !== there >= 0) {
        const part = there / (there - here);
        kept.push([before[0] + part * (point[0] - before[0]), before[1] + part * (point[1] - before[1])]);
      }
      if (here >= 0) kept.push(point);
    }
    left = kept;
  }
  return left;
}

/** The shoelace formula. */
function surface(points: Point[]): number {
  let twice = 0;
  for (const [index, [x, y]] of points.entries()) {
    const [before, height] = points.at(index - 1) as Point;
    twice += before * y - x * height;
  }
  return Math.abs(twice) / 2;
}
