import {
  cellArea,
  cellToBoundary,
  cellToLatLng,
  getHexagonEdgeLengthAvg,
  greatCircleDistance,
  gridDisk,
  gridDiskDistances,
  latLngToCell,
  UNITS,
} from "h3-js";

export interface Place {
  latitude: number;
  longitude: number;
}

/** The H3 cell of a place, as its index in hexadecimal. Resolution 7 has cells of about 5 km², 8 of 0.7, 9 of 0.1. */
export function cellOf({ latitude, longitude }: Place, resolution: number): string {
  return latLngToCell(latitude, longitude, resolution);
}

export function centreOf(cell: string): Place {
  const [latitude = 0, longitude = 0] = cellToLatLng(cell);
  return { latitude, longitude };
}

/** The corners of a cell as `[longitude, latitude]`, the first repeated at the end, as GeoJSON wants rings. */
export function ringOf(cell: string): [number, number][] {
  return cellToBoundary(cell, true).map(([longitude, latitude]) => [longitude, latitude]);
}

/** The cells within `steps` of a cell, itself first. */
export function disk(cell: string, steps: number): string[] {
  return gridDisk(cell, steps);
}

/** The same, ring by ring: the first has the cell itself, the next its neighbours. */
export function rings(cell: string, steps: number): string[][] {
  return gridDiskDistances(cell, steps);
}

export function squareKilometres(cell: string): number {
  return cellArea(cell, UNITS.km2);
}

/** How many steps surely reach everything within `km` of any place in a cell. */
export function stepsFor(km: number, resolution: number): number {
  // Neighbouring centres are at least 1.5 edges apart along any direction; cells differ in size by a quarter at most.
  const step = 1.5 * getHexagonEdgeLengthAvg(resolution, UNITS.km) * 0.75;
  return Math.ceil(km / step) + 1;
}

/** As the map's grid measures it: the great circle over the authalic sphere. */
export function greatCircleKilometres(a: Place, b: Place): number {
  return greatCircleDistance([a.latitude, a.longitude], [b.latitude, b.longitude], UNITS.km);
}
