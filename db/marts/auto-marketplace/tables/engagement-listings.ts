import { family, lastDays } from "../columns";
import type { ModelColumn } from "../model";
import { bands, bodies } from "./engagement-segments";

const fuels = ["petrol", "diesel", "cng", "electric", "hybrid"];

/** From the seller's listings: how many there are and what becomes of them, what they are, cost and look like. */
export const fromListings: ModelColumn[] = [...stock(), ...assortment(), ...pricing(), ...care()];

function stock(): ModelColumn[] {
  return family({ family: "listings", stage: "listed", type: "integer", unit: "listings" }, [
    {
      name: "total_listings",
      sql: "count(*)",
      description: "Cars the seller has put up for sale over the last 18 months.",
    },
    ...["active", "sold", "expired", "withdrawn"].map((status) => ({
      name: `${status}_listings`,
      sql: `count(*) filter (listing_status = '${status}')`,
      description:
        status === "active"
          ? "Cars on offer now: the seller's live inventory."
          : `Of the seller's listings of 18 months, how many were ${status}.`,
    })),
    ...[30, 90, 180, 365].flatMap((days) => [
      {
        name: `listings_created_${days}d`,
        sql: `count(*) filter (listed_days < ${days})`,
        description: `Cars newly put up for sale ${lastDays(days)}.`,
        windowDays: days,
      },
      {
        name: `listings_sold_${days}d`,
        sql: `count(*) filter (listing_status = 'sold' and ended_days < ${days})`,
        description: `Cars sold ${lastDays(days)}.`,
        windowDays: days,
      },
      {
        name: `sales_value_${days}d`,
        sql: `coalesce(sum(would_fetch) filter (listing_status = 'sold' and ended_days < ${days}), 0)`,
        description: `Rupees taken for cars sold ${lastDays(days)}: the seller's turnover.`,
        unit: "INR",
        windowDays: days,
        family: "sales",
      },
      {
        name: `sell_through_${days}d`,
        sql: `count(*) filter (listing_status = 'sold' and listed_days < ${days}) / nullif(count(*) filter (listed_days < ${days}), 0)`,
        type: "float" as const,
        description: `Share of the cars put up ${lastDays(days)} that are already sold.`,
        unit: "share",
        windowDays: days,
        family: "sales",
      },
      {
        name: `days_to_sell_${days}d`,
        sql: `median(listed_for) filter (listing_status = 'sold' and ended_days < ${days})`,
        type: "float" as const,
        description: `How many days a car usually stood before it sold, for cars sold ${lastDays(days)}.`,
        unit: "days",
        windowDays: days,
        family: "sales",
      },
    ]),
  ]);
}

function assortment(): ModelColumn[] {
  return family({ family: "assortment", stage: "listed", type: "integer", unit: "listings" }, [
    ...bodies.flatMap(([body, label]) => [
      {
        name: `active_${body}_listings`,
        sql: `count(*) filter (listing_status = 'active' and body = '${body}')`,
        description: `${label[0]?.toUpperCase()}${label.slice(1)} on offer now.`,
      },
      {
        name: `sold_${body}_listings`,
        sql: `count(*) filter (listing_status = 'sold' and body = '${body}')`,
        description: `${label[0]?.toUpperCase()}${label.slice(1)} sold over 18 months.`,
      },
      {
        name: `median_${body}_asking_price`,
        sql: `median(asking_price) filter (body = '${body}')`,
        description: `What the seller usually asks for ${label}.`,
        unit: "INR",
      },
    ]),
    ...fuels.flatMap((fuel) => [
      {
        name: `${fuel}_listings`,
        sql: `count(*) filter (fuel = '${fuel}')`,
        description: `${fuel === "cng" ? "CNG" : `${fuel[0]?.toUpperCase()}${fuel.slice(1)}`} cars listed over 18 months.`,
      },
      {
        name: `${fuel}_share`,
        sql: `count(*) filter (fuel = '${fuel}') / count(*)`,
        type: "float" as const,
        description: `Share of ${fuel === "cng" ? "CNG" : fuel} cars in what the seller lists.`,
        unit: "share",
      },
    ]),
    ...bands.flatMap(([band, from, to, label]) => [
      {
        name: `active_listings_${band}`,
        sql: `count(*) filter (listing_status = 'active' and asking_price >= ${from} and asking_price < ${to})`,
        description: `Cars on offer now at prices ${label}.`,
      },
      {
        name: `sold_listings_${band}`,
        sql: `count(*) filter (listing_status = 'sold' and asking_price >= ${from} and asking_price < ${to})`,
        description: `Cars sold over 18 months that were offered at prices ${label}.`,
      },
    ]),
    {
      name: "makes_listed",
      sql: "count(distinct make)",
      description: "How many makes of car the seller deals in.",
      unit: "makes",
    },
    {
      name: "mean_model_age_years",
      sql: "avg(2026 - model_year)",
      type: "float",
      description: "Mean age of the listed cars.",
      unit: "years",
    },
    {
      name: "mean_odometer_km",
      sql: "avg(kilometres)",
      type: "float",
      description: "Mean distance the listed cars have been driven.",
      unit: "km",
    },
    {
      name: "automatic_share",
      sql: "avg((transmission = 'automatic')::integer)",
      type: "float",
      description: "Share of automatic gearboxes among the listed cars.",
      unit: "share",
    },
  ]);
}

function pricing(): ModelColumn[] {
  return family({ family: "pricing", stage: "listed" }, [
    ...(["min", "median", "avg", "max"] as const).map((how) => ({
      name: `${how === "avg" ? "mean" : how}_asking_price`,
      sql: `${how}(asking_price)`,
      description: `${{ min: "Lowest", median: "Median", avg: "Mean", max: "Highest" }[how]} price the seller asks.`,
      unit: "INR",
    })),
    {
      name: "asking_to_fair_ratio",
      sql: "avg(asking_price / fair_price)",
      description: "Asking price over the usual price of such a car: above 1 is dear, below 1 cheap.",
      unit: "ratio",
    },
    {
      name: "overpriced_share",
      sql: "avg((asking_price > 1.1 * fair_price)::integer)",
      description: "Share of listings priced more than a tenth above the usual price.",
      unit: "share",
    },
    {
      name: "negotiated_discount",
      sql: "1 - (sum(would_fetch) filter (listing_status = 'sold')) / nullif(sum(asking_price) filter (listing_status = 'sold'), 0)",
      description: "How much buyers bargained off the asking price of sold cars.",
      unit: "share",
    },
    {
      name: "price_drops_per_listing",
      sql: "avg(price_drops)",
      description: "How often the seller lowers a price.",
      unit: "drops",
    },
    {
      name: "active_stock_value",
      sql: "coalesce(sum(asking_price) filter (listing_status = 'active'), 0)",
      type: "integer",
      description: "Value of all cars on offer now, at the prices asked.",
      unit: "INR",
    },
  ]);
}

function care(): ModelColumn[] {
  return family({ family: "listing_quality", stage: "listed" }, [
    { name: "mean_photos", sql: "avg(photos)", description: "Photographs per listing.", unit: "photos" },
    {
      name: "few_photos_share",
      sql: "avg((photos < 5)::integer)",
      description: "Share of listings with fewer than five photographs.",
      unit: "share",
    },
    {
      name: "mean_description_words",
      sql: "avg(description_words)",
      description: "Words in the text of a listing.",
      unit: "words",
    },
    {
      name: "inspected_share",
      sql: "avg(is_inspected::integer)",
      description: "Share of cars that were inspected by a workshop.",
      unit: "share",
    },
    {
      name: "mean_inspection_score",
      sql: "avg(inspection_score) filter (is_inspected)",
      description: "Mean points of 100 in workshop inspections.",
      unit: "points",
    },
    {
      name: "boosted_share",
      sql: "avg(is_boosted::integer)",
      description: "Share of listings the seller paid to have shown first.",
      unit: "share",
    },
    {
      name: "stale_active_listings",
      sql: "count(*) filter (listing_status = 'active' and listed_days >= 45)",
      type: "integer",
      description: "Cars on offer for more than 45 days: stock that does not move.",
      unit: "listings",
    },
    {
      name: "days_since_last_listing",
      sql: "min(listed_days)",
      type: "integer",
      description: "Days since the seller last put up a car: how recently they were busy.",
      unit: "days",
      family: "recency",
    },
    {
      name: "days_since_last_sale",
      sql: "min(ended_days) filter (listing_status = 'sold')",
      type: "integer",
      description: "Days since the seller last sold a car.",
      unit: "days",
      family: "recency",
    },
  ]);
}
