import { family, key } from "../columns";
import type { Model } from "../model";

const owner = "marketplace-core";

const sellers: Model = {
  table: {
    name: "SELLERS",
    description:
      "Every seller that ever joined the marketplace: private owners, dealers, brokers and fleets, with where they are, since when and whether they still sell.",
    entity: "seller",
    kind: "entity",
    grain: ["SELLER_ID"],
    keys: [
      { kind: "primary", entity: "seller", columns: ["SELLER_ID"] },
      { kind: "foreign", entity: "city", columns: ["CITY_ID"] },
      { kind: "foreign", entity: "area", columns: ["AREA_ID"] },
    ],
    owner,
    synonyms: ["dealers", "vendors", "seller master"],
  },
  columns: [
    key("SELLER_ID", "The seller's number."),
    key("CITY_ID", "The city the seller works in; unknown for a few."),
    key("AREA_ID", "The H3 cell of the seller's premises; unknown for some."),
    ...family({ family: "contact", type: "text", pii: true }, [
      {
        name: "SELLER_NAME",
        sql: "'Seller ' || lpad(n::varchar, 4, '0') || case seller_type when 'individual' then '' when 'franchise_dealer' then ' Auto Plaza' when 'fleet_operator' then ' Fleet' else ' Motors' end",
        description: "The name the seller trades under.",
      },
      {
        name: "PHONE",
        sql: "'+91-00000-' || lpad(n::varchar, 5, '0')",
        description: "The seller's telephone number.",
      },
      {
        name: "EMAIL",
        sql: "'seller' || lpad(n::varchar, 4, '0') || '@example.com'",
        description: "The seller's e-mail address.",
      },
    ]),
    ...family({ family: "profile", type: "text" }, [
      {
        name: "SELLER_TYPE",
        sql: "seller_type",
        description: "Private owner, independent or franchise dealer, broker or fleet operator.",
      },
      {
        name: "STATUS",
        sql: "status",
        description: "Whether the seller still sells: active, new, dormant, churned or suspended.",
      },
      { name: "PLAN", sql: "plan", description: "The subscription plan: free, silver, gold or platinum." },
      { name: "ONBOARDED_ON", sql: "onboarded_at", type: "date", description: "The day the seller joined." },
      {
        name: "IS_VERIFIED",
        sql: "is_verified",
        type: "boolean",
        description: "The seller's identity papers were checked.",
      },
      {
        name: "HAS_GST",
        sql: "has_gst",
        type: "boolean",
        description: "The seller is registered for goods and services tax.",
      },
      {
        name: "STAFF_COUNT",
        sql: "case when raw.u('staff-told', k) < 0.86 then staff end",
        type: "integer",
        unit: "people",
        description: "People who work there, where the seller told us.",
      },
    ]),
  ],
};

const cities: Model = {
  table: {
    name: "CITIES",
    description: "The cities the marketplace serves, with state, region, size tier and where they lie.",
    entity: "city",
    kind: "entity",
    grain: ["CITY_ID"],
    keys: [{ kind: "primary", entity: "city", columns: ["CITY_ID"] }],
    owner,
    synonyms: ["towns", "city master"],
  },
  columns: [
    key("CITY_ID", "The city's code."),
    ...family({ family: "place", type: "text" }, [
      { name: "CITY_NAME", sql: "city_name", description: "The city's official name." },
      { name: "STATE", sql: "state", description: "The state or union territory." },
      { name: "REGION", sql: "region", description: "North, South, East, West or Central India." },
      { name: "TIER", sql: "tier", description: "The size class of the city, Tier 1 being the metros." },
      {
        name: "CITY_LATITUDE",
        sql: "latitude",
        type: "float",
        unit: "degrees",
        description: "Latitude of the centre.",
      },
      {
        name: "CITY_LONGITUDE",
        sql: "longitude",
        type: "float",
        unit: "degrees",
        description: "Longitude of the centre.",
      },
    ]),
  ],
};

const areas: Model = {
  table: {
    name: "AREAS",
    description: "The areas of every city: H3 cells of about five square kilometres.",
    entity: "area",
    kind: "entity",
    grain: ["AREA_ID"],
    keys: [
      { kind: "primary", entity: "area", columns: ["AREA_ID"] },
      { kind: "foreign", entity: "city", columns: ["CITY_ID"] },
    ],
    owner,
    synonyms: ["neighbourhoods", "localities", "hexagons"],
  },
  columns: [
    key("AREA_ID", "The H3 cell."),
    key("CITY_ID", "The city the area belongs to."),
    ...family({ family: "place" }, [
      {
        name: "AREA_LATITUDE",
        sql: "latitude",
        unit: "degrees",
        description: "Latitude of the area's centre.",
      },
      {
        name: "AREA_LONGITUDE",
        sql: "longitude",
        unit: "degrees",
        description: "Longitude of the area's centre.",
      },
      {
        name: "KM_FROM_CITY_CENTRE",
        sql: "km_from_centre",
        unit: "km",
        description: "Distance from the area's centre to the city's.",
      },
      {
        name: "AREA_RANK_FROM_CENTRE",
        sql: "ordinal",
        type: "integer",
        description: "The area's place when those of its city are ordered by distance from the centre.",
      },
    ]),
  ],
};

const listings: Model = {
  table: {
    name: "LISTINGS",
    description:
      "Cars put up for sale in the last 18 months: the car, the price asked, and what became of it.",
    entity: "listing",
    kind: "entity",
    grain: ["LISTING_ID"],
    keys: [
      { kind: "primary", entity: "listing", columns: ["LISTING_ID"] },
      { kind: "foreign", entity: "seller", columns: ["SELLER_ID"] },
    ],
    eventTime: "LISTED_AT",
    createdTime: "CREATED_AT",
    owner,
    synonyms: ["cars for sale", "ads", "inventory", "stock"],
  },
  columns: [
    key("LISTING_ID", "The listing's number."),
    key("SELLER_ID", "The seller who offers the car."),
    key("LISTED_AT", "When the listing went live.", "listed_at", "timestamp"),
    key(
      "CREATED_AT",
      "When the listing was written to the mart.",
      "least(raw.as_of(), listed_at + to_seconds(60 + floor(840 * raw.u('listing-written', lk))::bigint))",
      "timestamp",
    ),
    ...family({ family: "car", type: "text" }, [
      { name: "MAKE", sql: "make", description: "The maker of the car.", aggregation: "latest" },
      { name: "MODEL", sql: "model", description: "The model of the car.", aggregation: "latest" },
      { name: "BODY", sql: "body", description: "Hatchback, sedan, SUV, MPV or luxury car." },
      { name: "FUEL", sql: "fuel", description: "Petrol, diesel, CNG, electric or hybrid." },
      { name: "TRANSMISSION", sql: "transmission", description: "Manual or automatic gearbox." },
      { name: "MODEL_YEAR", sql: "model_year", type: "integer", description: "The year the car was made." },
      {
        name: "KILOMETRES",
        sql: "case when raw.u('km-told', lk) < 0.94 then kilometres end",
        type: "integer",
        unit: "km",
        description: "How far the car has been driven; not always told.",
        aggregation: "mean",
      },
      {
        name: "PREVIOUS_OWNERS",
        sql: "previous_owners",
        type: "integer",
        description: "How many owners the car has had.",
        aggregation: "max",
      },
    ]),
    ...family({ family: "offer", type: "integer" }, [
      {
        name: "ASKING_PRICE_INR",
        sql: "asking_price",
        unit: "INR",
        description: "The price asked for the car.",
      },
      {
        name: "SOLD_PRICE_INR",
        sql: "case when listing_status = 'sold' then would_fetch end",
        unit: "INR",
        description: "What the car fetched, where it was sold.",
        aggregation: "sum",
      },
      { name: "PHOTO_COUNT", sql: "photos", description: "Photographs in the listing.", aggregation: "mean" },
      {
        name: "DESCRIPTION_WORDS",
        sql: "nullif(description_words, 0)",
        description: "Words in the listing's text; none where there is no text.",
        aggregation: "mean",
      },
      {
        name: "PRICE_DROPS",
        sql: "price_drops",
        description: "How often the price was lowered.",
        aggregation: "sum",
      },
      {
        name: "INSPECTION_SCORE",
        sql: "case when is_inspected then inspection_score end",
        description: "Points of 100 from the workshop inspection; none where the car was not inspected.",
        aggregation: "mean",
      },
      {
        name: "DAYS_LISTED",
        sql: "date_diff('day', listed_at, ended_at)",
        unit: "days",
        description: "How long the car stood, up to its sale or to now.",
        aggregation: "mean",
      },
      {
        name: "IS_BOOSTED",
        sql: "is_boosted",
        type: "boolean",
        description: "The seller paid to have it shown first.",
        aggregation: "flag_any",
      },
      {
        name: "LISTING_STATUS",
        sql: "listing_status",
        type: "text",
        description: "Active, sold, expired or withdrawn.",
      },
    ]),
  ],
};

export const entities: Model[] = [sellers, cities, areas, listings];
