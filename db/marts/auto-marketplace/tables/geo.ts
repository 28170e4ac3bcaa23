import { family, key } from "../columns";
import type { Model, ModelColumn } from "../model";

/** As in `seeds/poi_categories.csv`. */
const places: [category: string, label: string][] = [
  ["school", "schools and colleges"],
  ["hospital", "hospitals and clinics"],
  ["bank", "banks and cash machines"],
  ["restaurant", "restaurants and cafes"],
  ["mall", "shopping malls"],
  ["market", "open markets and bazaars"],
  ["petrol_pump", "petrol pumps"],
  ["car_service", "garages and car service centres"],
  ["car_dealer", "showrooms for new cars"],
  ["metro_station", "metro and railway stations"],
  ["bus_stop", "bus stops"],
  ["park", "parks and playgrounds"],
  ["temple", "places of worship"],
  ["hotel", "hotels and lodges"],
  ["office", "office blocks and IT parks"],
  ["ev_charger", "charging points for electric cars"],
  ["rto", "regional transport offices"],
  ["warehouse", "warehouses and logistics yards"],
];
const sellerTypes: [type: string, label: string][] = [
  ["individual", "private sellers"],
  ["independent_dealer", "independent dealers"],
  ["franchise_dealer", "franchise dealers"],
  ["broker", "brokers"],
  ["fleet_operator", "fleet operators"],
];
const radii = [1, 2, 3, 5];

const poiCounts: ModelColumn[] = family({ family: "poi", stage: "around", type: "integer" }, [
  ...radii.map((km) => ({
    name: `poi_count_${km}km`,
    sql: `sum(within_${km}km)`,
    description: `Points of interest of any kind within ${km} km of the seller's premises: how much goes on around the shop.`,
    unit: "places",
  })),
  ...[1, 3, 5].map((km) => ({
    name: `poi_kinds_${km}km`,
    sql: `count(*) filter (within_${km}km > 0)`,
    description: `How many different kinds of places there are within ${km} km: the variety of the surroundings.`,
    unit: "kinds",
  })),
  ...places.flatMap(([category, label]) =>
    radii.map((km) => ({
      name: `poi_${category}_count_${km}km`,
      sql: `coalesce(sum(within_${km}km) filter (category = '${category}'), 0)`,
      description: `Number of ${label} within ${km} km of the seller.`,
      unit: "places",
    })),
  ),
]);

const poiDistances: ModelColumn[] = family({ family: "proximity", stage: "around" }, [
  ...places.flatMap(([category, label]) => [
    {
      name: `nearest_${category}_km`,
      sql: `min(nearest) filter (category = '${category}')`,
      description: `Distance to the nearest of the ${label}, where there is one within 5 km.`,
      unit: "km",
    },
    {
      name: `poi_${category}_gravity`,
      sql: `sum(gravity) filter (category = '${category}')`,
      description: `Pull of the ${label} around, nearer ones counting for more.`,
    },
  ]),
  {
    name: "mean_poi_distance_km",
    sql: "sum(km_sum) / sum(within_5km)",
    description: "Mean distance to the points of interest within 5 km.",
    unit: "km",
  },
]);

const poiMix: ModelColumn[] = family({ family: "poi_mix", stage: "mixed" }, [
  ...places.map(([category, label]) => ({
    name: `poi_${category}_share_3km`,
    sql: `poi_${category}_count_3km / nullif(poi_count_3km, 0)`,
    description: `Share of ${label} among all places within 3 km.`,
    unit: "share",
  })),
  ...places.map(([category, label]) => ({
    name: `poi_${category}_city_percentile`,
    sql: `percent_rank() over (partition by city_id order by poi_${category}_count_3km)`,
    description: `Where the seller stands in its city by ${label} within 3 km: 0 has fewest, 1 most.`,
    unit: "percentile",
  })),
  {
    name: "poi_density_1km",
    sql: "poi_count_1km / 3.14159",
    description: "Points of interest per square kilometre right around the premises.",
    unit: "places per km²",
  },
  {
    name: "centrality_ratio",
    sql: "poi_count_1km / nullif(poi_count_5km, 0)",
    description: "Share of the places within 5 km that lie within 1 km: near 1 is a compact hub.",
    unit: "share",
  },
]);

const rivals: ModelColumn[] = family({ family: "competition", stage: "rivalry", type: "integer" }, [
  ...[1, 3, 5, 10].flatMap((km) => [
    {
      name: `rival_sellers_${km}km`,
      sql: `count(distinct other_id) filter (km <= ${km})`,
      description: `Competing sellers who still sell within ${km} km.`,
      unit: "sellers",
    },
    {
      name: `rival_stock_${km}km`,
      sql: `coalesce(sum(other_stock) filter (km <= ${km}), 0)`,
      description: `Cars that competitors have on offer within ${km} km.`,
      unit: "cars",
    },
    {
      name: `rival_asking_price_${km}km`,
      sql: `(sum(other_price) filter (km <= ${km})) / nullif(sum(other_stock) filter (km <= ${km}), 0)`,
      description: `Mean price competitors within ${km} km ask.`,
      unit: "INR",
    },
  ]),
  ...sellerTypes.flatMap(([type, label]) =>
    [3, 10].map((km) => ({
      name: `rival_${type}_${km}km`,
      sql: `count(*) filter (other_type = '${type}' and km <= ${km})`,
      description: `Competing ${label} within ${km} km.`,
      unit: "sellers",
    })),
  ),
  {
    name: "nearest_rival_km",
    sql: "min(km)",
    type: "float" as const,
    description: "Distance to the nearest competitor in the same city.",
    unit: "km",
  },
]);

const premises: ModelColumn[] = family({ family: "premises", stage: "placed" }, [
  {
    name: "shop_latitude",
    sql: "latitude",
    description: "Latitude of the premises, exact to a few metres.",
    unit: "degrees",
    pii: true,
  },
  {
    name: "shop_longitude",
    sql: "longitude",
    description: "Longitude of the premises, exact to a few metres.",
    unit: "degrees",
    pii: true,
  },
  {
    name: "owner_home_distance_km",
    sql: "case when raw.u('home-told', k) < 0.71 then raw.km(latitude, longitude, home_latitude, home_longitude) end",
    description: "How far the owner lives from the shop, where the home address is known.",
    unit: "km",
    pii: true,
  },
  {
    name: "city_centre_distance_km",
    sql: "centre_km",
    description: "Distance from the premises to the city centre.",
    unit: "km",
  },
  {
    name: "city_centre_distance_share",
    sql: "centre_km / reach_km",
    description: "Distance from the city centre as a share of the city's reach: 0 is the middle, 1 the edge.",
    unit: "share",
  },
  {
    name: "is_outskirts",
    sql: "centre_km > 0.7 * reach_km",
    type: "boolean",
    description: "The premises lie at the edge of the city.",
  },
  {
    name: "sellers_in_same_area",
    sql: "count(*) over (partition by area_id)",
    type: "integer",
    description: "Sellers with premises in the same area, this one included.",
    unit: "sellers",
  },
]);

export const geo: Model = {
  table: {
    name: "SELLER_GEO_FEATURES",
    description:
      "Where a seller's premises are: places around them by kind and distance, how near customers' daily errands are, and how many competitors stand close by. Sellers without a known area are missing.",
    entity: "seller",
    kind: "feature",
    grain: ["SELLER_ID"],
    keys: [{ kind: "primary", entity: "seller", columns: ["SELLER_ID"] }],
    owner: "geo-insights",
    synonyms: ["geography", "location of sellers", "points of interest", "surroundings", "geospatial"],
  },
  columns: [
    key("SELLER_ID", "The seller.", "placed.seller_id"),
    ...premises,
    ...poiCounts,
    ...poiDistances,
    ...poiMix,
    ...rivals,
  ].map((column) => (column.isKey ? { ...column, stage: "key" } : column)),
};
