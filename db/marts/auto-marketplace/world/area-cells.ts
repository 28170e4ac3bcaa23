import { cellOf, centreOf, disk, greatCircleKilometres, ringOf } from "@/lib/geo";

export interface CityPoint {
  cityId: string;
  latitude: number;
  longitude: number;
  /** How many rings of cells around the centre's belong to the city. */
  rings: number;
}

export interface AreaCell {
  areaId: string;
  cityId: string;
  latitude: number;
  longitude: number;
  kmFromCentre: number;
  reachKm: number;
  /** GeoJSON polygon of the cell, to about ten metres. */
  boundary: string;
}

/** Resolution 7: about 5 km² each. */
const resolution = 7;

/** The H3 cells around every city's centre. A cell within reach of two cities belongs to the nearer one. */
export function areaCells(cities: CityPoint[]): AreaCell[] {
  const nearest = new Map<string, AreaCell>();
  for (const city of cities) {
    for (const areaId of disk(cellOf(city, resolution), city.rings)) {
      const { latitude, longitude } = centreOf(areaId);
      const kmFromCentre = rounded(greatCircleKilometres(city, { latitude, longitude }), 3);
      const known = nearest.get(areaId);
      if (known && known.kmFromCentre <= kmFromCentre) continue;
      nearest.set(areaId, {
        areaId,
        cityId: city.cityId,
        latitude: rounded(latitude, 6),
        longitude: rounded(longitude, 6),
        kmFromCentre,
        reachKm: rounded((city.rings + 0.5) * 2.3, 2),
        boundary: boundaryOf(areaId),
      });
    }
  }
  return [...nearest.values()].sort((a, b) => (a.areaId < b.areaId ? -1 : 1));
}

function boundaryOf(cell: string): string {
  const ring = ringOf(cell).map(([x, y]) => [rounded(x, 4), rounded(y, 4)]);
  return JSON.stringify({ type: "Polygon", coordinates: [ring] });
}

/** Trigonometry differs in the last bits between machines; the mart must not. */
function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
