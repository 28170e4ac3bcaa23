import { area, circle, intersect, length, polygonToLine } from "@turf/turf";
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
 * How much of `shape` lies in the catchment of `km` around `centre`: 0 … 1. Whole or none is told by its corners alone;
 * only shapes on the border are intersected.
 */
export function shareWithin(shape: Shape, centre: Place, km: number, around: Shape): number {
  const corners = shape.geometry.coordinates[0] ?? [];
  const distances = corners.map(([longitude = 0, latitude = 0]) =>
    kilometres(centre, { latitude, longitude }),
  );
  // The catchment's own polygon falls short of its circle by a five-hundredth between its corners.
  if (Math.max(...distances) <= km * 0.995) return 1;
  const common = intersect({ type: "FeatureCollection", features: [shape, around] });
  return common ? Math.min(1, area(common) / area(shape)) : 0;
}
