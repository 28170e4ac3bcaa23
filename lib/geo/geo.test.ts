import { area, intersect } from "@turf/turf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  catchment,
  cellOf,
  centreOf,
  kilometres,
  nearbyIndex,
  type Place,
  readShape,
  ringOf,
  rings,
  shapePerimeter,
  shapeSquareKilometres,
  shareWithin,
  squareKilometres,
} from ".";

const pune = { latitude: 18.5204, longitude: 73.8567 };
const mumbai = { latitude: 19.076, longitude: 72.8777 };
const around = (centre: Place, reach: number) =>
  fc.record({
    latitude: fc.double({ min: centre.latitude - reach, max: centre.latitude + reach, noNaN: true }),
    longitude: fc.double({ min: centre.longitude - reach, max: centre.longitude + reach, noNaN: true }),
  });

describe("geography", () => {
  it("knows how far Mumbai is from Pune, and that a degree of latitude is 111.2 km", () => {
    expect(kilometres(pune, mumbai)).toBeCloseTo(120.2, 0);
    expect(kilometres({ latitude: 0, longitude: 0 }, { latitude: 1, longitude: 0 })).toBeCloseTo(111.19, 2);
  });

  it("finds by cells exactly the points that looking at each one finds", () => {
    fc.assert(
      fc.property(
        fc.array(around(pune, 0.1), { maxLength: 60 }),
        around(pune, 0.1),
        fc.double({ min: 0.05, max: 8, noNaN: true }),
        (points, place, km) => {
          const found = new Set<Place>();
          nearbyIndex(points).visitWithin(place, km, (point) => found.add(point));
          const wanted = points.filter((point) => kilometres(place, point) <= km);
          expect(found).toEqual(new Set(wanted));
        },
      ),
    );
  });

  it("reads only closed polygons", () => {
    const shape = { type: "Polygon", coordinates: [ringOf(cellOf(pune, 7))] };
    expect(readShape(JSON.stringify(shape))).not.toBeNull();
    expect(readShape(JSON.stringify({ ...shape, coordinates: [shape.coordinates[0]?.slice(1)] }))).toBeNull();
    expect(readShape(JSON.stringify({ type: "Point", coordinates: [1, 2] }))).toBeNull();
    expect(readShape("{not json")).toBeNull();
  });

  it("measures a cell as H3 does, and takes whole, part and none of it into a catchment", () => {
    const cell = cellOf(pune, 7);
    const shape = readShape(JSON.stringify({ type: "Polygon", coordinates: [ringOf(cell)] }));
    if (!shape) throw new Error("a cell is a polygon");
    expect(shapeSquareKilometres(shape)).toBeCloseTo(squareKilometres(cell), 1);
    expect(shapePerimeter(shape)).toBeGreaterThan(2 * Math.sqrt(Math.PI * squareKilometres(cell)));
    const share = (centre: Place, km: number) => shareWithin(shape, centre, km, catchment(centre, km));
    expect(share(pune, 10)).toBe(1);
    expect(share(mumbai, 10)).toBe(0);
    // A small catchment inside the cell covers as much of it as its own area says.
    expect(share(centreOf(cell), 0.3) * squareKilometres(cell)).toBeCloseTo(Math.PI * 0.09, 2);
  });

  it("clips as the general intersection of polygons does", () => {
    const centre = centreOf(cellOf(pune, 7));
    fc.assert(
      fc.property(around(centre, 0.05), fc.double({ min: 0.5, max: 6, noNaN: true }), (place, km) => {
        const shape = readShape(JSON.stringify({ type: "Polygon", coordinates: [ringOf(cellOf(place, 7))] }));
        if (!shape) throw new Error("a cell is a polygon");
        const window = catchment(centre, km);
        const common = intersect({ type: "FeatureCollection", features: [shape, window] });
        const judge = common ? area(common) / area(shape) : 0;
        expect(shareWithin(shape, centre, km, window)).toBeCloseTo(judge, 2);
      }),
      { numRuns: 60 },
    );
  });

  it("lays rings of six, twelve and so on about a cell", () => {
    expect(rings(cellOf(pune, 8), 3).map((ring) => ring.length)).toEqual([1, 6, 12, 18]);
  });
});
