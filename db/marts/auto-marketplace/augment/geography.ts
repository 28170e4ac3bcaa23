import {
  catchment,
  cellOf,
  kilometres,
  nearbyIndex,
  type Place,
  readShape,
  rings,
  type Shape,
  shapePerimeter,
  shapeSquareKilometres,
  shareWithin,
  squareKilometres,
} from "@/lib/geo";
import type { Cell } from "@/lib/warehouse";
import { rounded, type Tables } from "./tables";

export interface Area extends Place {
  areaId: string;
  cityId: string;
  /** What the map draws; null where it draws nothing that can be read. */
  shape: Shape | null;
  /** Road kilometres per straight kilometre, from the way to the city's centre. */
  detour: number;
}

export interface Poi extends Place {
  category: string;
}

/** Something to count; what stands for several says for how many. */
export interface Counted extends Place {
  count?: number;
}

const poiRadii = [0.5, 1, 2, 3, 5];
const catchmentReaches = [3, 6];
/** Cells of about 0.7 km²; the rings about a seller's own reach about 0.9, 1.8 and 3.5 km. */
const densityResolution = 8;
const densityRings = [0, 1, 2, 4];

export async function readAreas(tables: Tables): Promise<Area[]> {
  const areas = await tables.read(
    "areas",
    ["area_id", "city_id", "latitude", "longitude", "km_from_centre"],
    "order by area_id",
  );
  const shapes = new Map(
    (await tables.read("area_places", ["area_id", "boundary"], "order by area_id")).map(([id, text]) => [
      id,
      String(text),
    ]),
  );
  const roads = new Map(
    (
      await tables.read(
        "area_travel",
        ["area_id", "road_km"],
        "where destination = 'city_centre' order by area_id",
      )
    ).map(([id, km]) => [id, Number(km)]),
  );
  return areas.map(([id, city, latitude, longitude, straight]) => ({
    areaId: String(id),
    cityId: String(city),
    latitude: Number(latitude),
    longitude: Number(longitude),
    shape: readShape(shapes.get(id) ?? ""),
    // At the centre itself the way says nothing; a town's streets are a third longer than the crow flies.
    detour:
      Number(straight) > 1
        ? Math.min(2.5, Math.max(1, (roads.get(id) ?? 1.3 * Number(straight)) / Number(straight)))
        : 1.3,
  }));
}

/** Points of interest within each radius of an area's centre, by category: how many, and how far the nearest is. */
export function* poiRings(areas: Area[], pois: Poi[]): Generator<Cell[]> {
  const index = nearbyIndex(pois);
  const widest = Math.max(...poiRadii);
  for (const area of areas) {
    const found = new Map<string, { counts: number[]; nearest: number }>();
    index.visitWithin(area, widest, ({ category }, km) => {
      const known = found.get(category) ?? { counts: poiRadii.map(() => 0), nearest: km };
      known.nearest = Math.min(known.nearest, km);
      for (const [ring, radius] of poiRadii.entries())
        if (km <= radius) known.counts[ring] = (known.counts[ring] ?? 0) + 1;
      found.set(category, known);
    });
    for (const [category, { counts, nearest }] of [...found].sort(([a], [b]) => (a < b ? -1 : 1))) {
      for (const [ring, radius] of poiRadii.entries()) {
        yield [area.areaId, category, Math.round(radius * 1000), counts[ring] ?? 0, rounded(nearest, 3)];
      }
    }
  }
}

/**
 * The areas, and how much of each, that lie within so many road kilometres of an area's centre: the polygons of the map
 * intersected with a circle that is as much smaller as the roads there wind.
 */
export function* catchments(areas: Area[]): Generator<Cell[]> {
  const index = nearbyIndex(areas);
  for (const area of areas) {
    for (const reach of catchmentReaches) {
      const km = reach / area.detour;
      const around = catchment(area, km);
      // A boundary reaches at most two kilometres beyond its area's centre.
      const near: Area[] = [];
      index.visitWithin(area, km + 2, (other) => near.push(other));
      for (const point of near.sort((a, b) => (a.areaId < b.areaId ? -1 : 1))) {
        const share = point.shape ? shareWithin(point.shape, area, km, around) : 0;
        if (share > 0.0005) yield [area.areaId, reach, point.areaId, rounded(share, 4)];
      }
    }
  }
}

/** The shape of each area as the map draws it, and how far the map's own idea of its centre is off. */
export function* areaShapes(
  areas: Area[],
  places: Map<string, Place & { confidence: number }>,
): Generator<Cell[]> {
  for (const area of areas) {
    if (!area.shape) continue;
    const [size, around] = [shapeSquareKilometres(area.shape), shapePerimeter(area.shape)];
    const place = places.get(area.areaId);
    yield [
      ...[area.areaId, rounded(size, 4), rounded(around, 4)],
      // Polsby and Popper's: 1 for a circle.
      rounded((4 * Math.PI * size) / around ** 2, 4),
      place ? rounded(kilometres(area, place), 4) : null,
      place ? rounded(place.confidence, 4) : null,
      rounded(area.detour, 4),
    ];
  }
}

/** How many of each layer's points lie in the cells about a seller, ring by ring, and per square kilometre. */
export function* densities(
  sellers: (Place & { sellerId: string })[],
  layers: Map<string, Iterable<Counted>>,
): Generator<Cell[]> {
  const grids = new Map([...layers].map(([layer, points]) => [layer, countByCell(points)]));
  const widest = Math.max(...densityRings);
  for (const seller of sellers) {
    const cell = cellOf(seller, densityResolution);
    const around = rings(cell, widest);
    const size = squareKilometres(cell);
    for (const [layer, grid] of grids) {
      let [count, cells] = [0, 0];
      for (const [ring, there] of around.entries()) {
        cells += there.length;
        for (const one of there) count += grid.get(one) ?? 0;
        if (densityRings.includes(ring)) {
          yield [seller.sellerId, cell, layer, ring, count, rounded(count / (cells * size), 4)];
        }
      }
    }
  }
}

function countByCell(points: Iterable<Counted>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const point of points) {
    const cell = cellOf(point, densityResolution);
    counts.set(cell, (counts.get(cell) ?? 0) + (point.count ?? 1));
  }
  return counts;
}
