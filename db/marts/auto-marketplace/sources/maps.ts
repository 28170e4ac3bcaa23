import { z } from "zod";
import { field, type SourceTable } from "@/lib/pipeline/source-table";

const { text, number, date, oneOf } = field;

export const poiCategories = [
  "school",
  "hospital",
  "bank",
  "restaurant",
  "mall",
  "market",
  "petrol_pump",
  "car_service",
  "car_dealer",
  "metro_station",
  "bus_stop",
  "park",
  "temple",
  "hotel",
  "office",
  "ev_charger",
  "rto",
  "warehouse",
] as const;

/** Maps: a REST API with a daily quota, whose answers are cached. */
export const maps: SourceTable[] = [
  {
    source: "maps",
    name: "pois",
    protocol: "maps",
    description: "Points of interest, asked for per area.",
    row: z.object({
      poi_id: text(80),
      area_id: text(20),
      category: oneOf(poiCategories),
      latitude: number(-90, 90),
      longitude: number(-180, 180),
      /** Stars out of five, where visitors rated it. */
      rating: number(1, 5).nullable(),
      opened_on: date(),
    }),
    key: ["poi_id"],
    references: [{ column: "area_id", table: "areas" }],
    createdAt: "opened_on",
    changes: 1,
  },
  {
    source: "maps",
    name: "area_places",
    protocol: "maps",
    description: "Geocoding of areas: where the map puts the name of an area, and the boundary it draws.",
    row: z.object({
      area_id: text(20),
      latitude: number(-90, 90),
      longitude: number(-180, 180),
      confidence: number(0, 1),
      /** A GeoJSON polygon. */
      boundary: text(20_000),
    }),
    key: ["area_id"],
    references: [{ column: "area_id", table: "areas" }],
    changes: 1,
  },
  {
    source: "maps",
    name: "area_travel",
    protocol: "maps",
    description:
      "The distance matrix from areas to places: by road, in kilometres and in minutes at three times of day.",
    row: z.object({
      area_id: text(20),
      destination: oneOf(["city_centre", "rto", "airport", "highway"]),
      road_km: number(0, 2000),
      minutes_morning: number(0, 3000),
      minutes_midday: number(0, 3000),
      minutes_night: number(0, 3000),
    }),
    key: ["area_id", "destination"],
    references: [{ column: "area_id", table: "areas" }],
    changes: 1,
  },
];
