import type { Place } from "@/lib/geo";
import type { PipelineMart } from "@/lib/pipeline/mart";
import type { StepContext } from "@/lib/pipeline/step-context";
import { augmentNotes } from "./augment-notes";
import { areaShapes, type Counted, catchments, densities, type Poi, poiRings, readAreas } from "./geography";
import { openTables, type Tables } from "./tables";

/**
 * Computes what SQL cannot: cells, catchments and densities on the map, and what the notes on areas say. Every table is the
 * same whenever it is computed again from the same conformed tables; what a language model made says so in `maker`.
 */
export const augment: PipelineMart["augment"] = async (context) => {
  const tables = await openTables(context);
  try {
    const facts = [...(await augmentGeography(context, tables)), ...(await augmentNotes(context, tables))];
    return { facts };
  } finally {
    await tables.close();
  }
};

async function augmentGeography(context: StepContext, tables: Tables) {
  const tell = (label: string, done: number) => context.progress(label, done, 5);
  const areas = await readAreas(tables);
  const pois = (await tables.read("pois", ["category", "latitude", "longitude"], "order by poi_id")).map(
    ([category, latitude, longitude]) => ({
      category: String(category),
      latitude: Number(latitude),
      longitude: Number(longitude),
    }),
  );
  tell("points of interest about areas", 0);
  const ringed = await tables.write(
    "area_poi_rings",
    "area_id VARCHAR, category VARCHAR, radius_m BIGINT, pois BIGINT, nearest_km DOUBLE",
    poiRings(areas, pois),
  );
  context.signal.throwIfAborted();
  tell("catchments", 1);
  const caught = await tables.write(
    "area_catchments",
    "area_id VARCHAR, reach_km BIGINT, other_area_id VARCHAR, share DOUBLE",
    catchments(areas),
  );
  context.signal.throwIfAborted();
  tell("shapes of areas", 2);
  const places = (
    await tables.read("area_places", ["area_id", "latitude", "longitude", "confidence"], "order by area_id")
  ).map(
    ([id, latitude, longitude, confidence]) =>
      [
        String(id),
        { latitude: Number(latitude), longitude: Number(longitude), confidence: Number(confidence) },
      ] as const,
  );
  await tables.write(
    "area_shapes",
    "area_id VARCHAR, square_km DOUBLE, perimeter_km DOUBLE, compactness DOUBLE, geocode_offset_km DOUBLE, geocode_confidence DOUBLE, detour DOUBLE",
    areaShapes(areas, new Map(places)),
  );
  tell("densities about sellers", 3);
  const sellers = await placedSellers(tables);
  const dense = await tables.write(
    "seller_densities",
    "seller_id VARCHAR, cell VARCHAR, layer VARCHAR, ring BIGINT, points BIGINT, per_square_km DOUBLE",
    densities(sellers, await layersOf(tables, pois, sellers)),
  );
  return [
    { label: "areas without a shape on the map", value: areas.filter(({ shape }) => !shape).length },
    { label: "points of interest", value: pois.length },
    { label: "rings counted", value: ringed },
    { label: "areas in catchments", value: caught },
    { label: "densities", value: dense },
  ];
}

interface PlacedSeller extends Place {
  sellerId: string;
  isThere: boolean;
}

async function placedSellers(tables: Tables): Promise<PlacedSeller[]> {
  const rows = await tables.read(
    "sellers",
    ["seller_id", "latitude", "longitude", "left_at is null"],
    "where latitude is not null and longitude is not null order by seller_id",
  );
  return rows.map(([id, latitude, longitude, isThere]) => ({
    sellerId: String(id),
    latitude: Number(latitude),
    longitude: Number(longitude),
    isThere: isThere === true,
  }));
}

/** What is counted about sellers: kinds of places, other sellers, and the cars they have for sale. */
async function layersOf(tables: Tables, pois: Poi[], placed: PlacedSeller[]) {
  const sellers = placed.filter(({ isThere }) => isThere);
  // A seller at a time: there are many times as many listings.
  const listed = await tables.read(
    "listings",
    ["seller_id", "count(*)"],
    "where listing_status = 'active' group by seller_id",
  );
  const cars = new Map(listed.map(([sellerId, count]) => [String(sellerId), Number(count)]));
  const kinds = [
    "bank",
    "car_dealer",
    "car_service",
    "office",
    "restaurant",
    "school",
    "petrol_pump",
    "market",
  ];
  return new Map<string, Counted[]>([
    ["all_places", pois],
    ...kinds.map((kind) => [kind, pois.filter(({ category }) => category === kind)] as const),
    ["active_sellers", sellers],
    ["cars_for_sale", sellers.map((seller) => ({ ...seller, count: cars.get(seller.sellerId) ?? 0 }))],
  ]);
}
