import { cellOf, disk, type Place, stepsFor } from "./cells";

/** About half a kilometre across: a few points in each, and few cells to look into. */
const resolution = 8;

/** Kilometres between two places over a sphere of 6,371 km, by the haversine. */
export function kilometres(a: Place, b: Place): number {
  const across =
    haversine(b.latitude - a.latitude) +
    Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * haversine(b.longitude - a.longitude);
  return 12_742 * Math.asin(Math.min(1, Math.sqrt(across)));
}

const radians = Math.PI / 180;

/** Of an angle in degrees. Not a closure of the above: that is called for every pair of places. */
function haversine(degrees: number): number {
  return Math.sin((degrees * radians) / 2) ** 2;
}

/** Finds the points near a place by way of the cells they lie in. */
export function nearbyIndex<Point extends Place>(points: Iterable<Point>) {
  const byCell = new Map<string, Point[]>();
  for (const point of points) {
    const cell = cellOf(point, resolution);
    const there = byCell.get(cell);
    if (there) there.push(point);
    else byCell.set(cell, [point]);
  }
  return {
    /** Calls `visit` with every point at most `km` away, and how far it is, in no order. */
    visitWithin(place: Place, km: number, visit: (point: Point, km: number) => void): void {
      for (const cell of disk(cellOf(place, resolution), stepsFor(km, resolution))) {
        for (const point of byCell.get(cell) ?? []) {
          const distance = kilometres(place, point);
          if (distance <= km) visit(point, distance);
        }
      }
    },
  };
}
