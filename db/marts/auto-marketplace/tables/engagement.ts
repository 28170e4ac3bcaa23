import { family, key, lastDays } from "../columns";
import type { Model, ModelColumn } from "../model";

const channels: [channel: string, label: string][] = [
  ["call", "telephone"],
  ["chat", "chat"],
  ["whatsapp", "WhatsApp"],
  ["form", "enquiry form"],
];
const bodies: [body: string, label: string][] = [
  ["hatchback", "hatchbacks"],
  ["sedan", "sedans"],
  ["suv", "SUVs"],
  ["mpv", "people carriers"],
  ["luxury", "luxury cars"],
];
const fuels = ["petrol", "diesel", "cng", "electric", "hybrid"];
const bands: [band: string, from: number, to: number, label: string][] = [
  ["under_3l", 0, 300_000, "below 3 lakh rupees"],
  ["3_to_6l", 300_000, 600_000, "between 3 and 6 lakh rupees"],
  ["6_to_10l", 600_000, 1_000_000, "between 6 and 10 lakh rupees"],
  ["10_to_20l", 1_000_000, 2_000_000, "between 10 and 20 lakh rupees"],
  ["over_20l", 2_000_000, 1_000_000_000, "of 20 lakh rupees and more"],
];

/** Hours of the day in India. */
const hourThere = "hour(asked_at + interval 330 minutes)";
const dayparts: [name: string, condition: string, label: string][] = [
  ["morning", `${hourThere} between 6 and 11`, "in the morning"],
  ["afternoon", `${hourThere} between 12 and 16`, "in the afternoon"],
  ["evening", `${hourThere} between 17 and 21`, "in the evening"],
  ["night", `${hourThere} not between 6 and 21`, "at night"],
];

const stock: ModelColumn[] = family(
  { family: "listings", stage: "listed", type: "integer", unit: "listings" },
  [
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
  ],
);

const assortment: ModelColumn[] = family(
  { family: "assortment", stage: "listed", type: "integer", unit: "listings" },
  [
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
  ],
);

const pricing: ModelColumn[] = family({ family: "pricing", stage: "listed" }, [
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

const care: ModelColumn[] = family({ family: "listing_quality", stage: "listed" }, [
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

const leads: ModelColumn[] = family({ family: "leads", stage: "asked", type: "integer", unit: "enquiries" }, [
  ...[7, 30, 90, 180, 365].flatMap((days) => [
    {
      name: `leads_${days}d`,
      sql: `count(*) filter (asked_days < ${days})`,
      description: `Buyers' enquiries received ${lastDays(days)}.`,
      windowDays: days,
    },
    ...channels.map(([channel, label]) => ({
      name: `leads_${channel}_${days}d`,
      sql: `count(*) filter (asked_days < ${days} and channel = '${channel}')`,
      description: `Buyers' enquiries by ${label} ${lastDays(days)}.`,
      windowDays: days,
    })),
    {
      name: `test_drives_${days}d`,
      sql: `count(*) filter (asked_days < ${days} and took_test_drive)`,
      description: `Test drives buyers took ${lastDays(days)}.`,
      unit: "test drives",
      windowDays: days,
    },
    {
      name: `offers_received_${days}d`,
      sql: `count(*) filter (asked_days < ${days} and made_offer)`,
      description: `Offers buyers made ${lastDays(days)}.`,
      unit: "offers",
      windowDays: days,
    },
    {
      name: `test_drive_rate_${days}d`,
      sql: `count(*) filter (asked_days < ${days} and took_test_drive) / nullif(count(*) filter (asked_days < ${days}), 0)`,
      type: "float" as const,
      description: `Share of enquiries ${lastDays(days)} that led to a test drive.`,
      unit: "share",
      windowDays: days,
    },
    {
      name: `returning_buyer_share_${days}d`,
      sql: `avg(returning_buyer::integer) filter (asked_days < ${days})`,
      type: "float" as const,
      description: `Share of enquiries ${lastDays(days)} by people who had bought here before.`,
      unit: "share",
      windowDays: days,
    },
    {
      name: `local_buyer_share_${days}d`,
      sql: `avg(same_city_buyer::integer) filter (asked_days < ${days})`,
      type: "float" as const,
      description: `Share of enquiries ${lastDays(days)} from the seller's own city.`,
      unit: "share",
      windowDays: days,
    },
  ]),
  ...bodies.map(([body, label]) => ({
    name: `leads_${body}_90d`,
    sql: `count(*) filter (asked_days < 90 and body = '${body}')`,
    description: `Buyers' enquiries about ${label} in the last 90 days.`,
    windowDays: 90,
  })),
  ...bands.map(([band, from, to, label]) => ({
    name: `leads_${band}_90d`,
    sql: `count(*) filter (asked_days < 90 and asking_price >= ${from} and asking_price < ${to})`,
    description: `Buyers' enquiries about cars priced ${label} in the last 90 days.`,
    windowDays: 90,
  })),
  ...dayparts.flatMap(([name, condition, label]) =>
    [30, 90].map((days) => ({
      name: `leads_${name}_${days}d`,
      sql: `count(*) filter (asked_days < ${days} and ${condition})`,
      description: `Buyers' enquiries ${label} ${lastDays(days)}.`,
      windowDays: days,
    })),
  ),
  {
    name: "days_since_last_lead",
    sql: "min(asked_days)",
    description: "Days since the last buyer asked.",
    unit: "days",
    family: "recency",
  },
]);

const answering: ModelColumn[] = family({ family: "responsiveness", stage: "asked", unit: "minutes" }, [
  ...[7, 30, 90, 180, 365].flatMap((days) => [
    {
      name: `answered_share_${days}d`,
      sql: `avg((answer_minutes is not null)::integer) filter (asked_days < ${days})`,
      description: `Share of enquiries ${lastDays(days)} that the seller answered at all.`,
      unit: "share",
      windowDays: days,
    },
    {
      name: `answered_in_hour_share_${days}d`,
      sql: `avg((coalesce(answer_minutes, 100000) <= 60)::integer) filter (asked_days < ${days})`,
      description: `Share of enquiries ${lastDays(days)} answered within an hour.`,
      unit: "share",
      windowDays: days,
    },
    {
      name: `median_answer_minutes_${days}d`,
      sql: `median(answer_minutes) filter (asked_days < ${days})`,
      description: `How quickly the seller usually replied to buyers ${lastDays(days)}.`,
      windowDays: days,
    },
    {
      name: `slowest_answer_minutes_${days}d`,
      sql: `quantile_cont(answer_minutes, 0.9) filter (asked_days < ${days})`,
      description: `Time within which nine in ten replies were given ${lastDays(days)}.`,
      windowDays: days,
    },
  ]),
  ...channels.map(([channel, label]) => ({
    name: `median_answer_minutes_${channel}`,
    sql: `median(answer_minutes) filter (channel = '${channel}')`,
    description: `How quickly enquiries by ${label} are usually answered.`,
  })),
  ...[90, 180].flatMap((days) => [
    {
      name: `buyer_rating_${days}d`,
      sql: `avg(rating) filter (asked_days < ${days})`,
      description: `Mean stars, 1 to 5, that buyers gave ${lastDays(days)}.`,
      unit: "stars",
      windowDays: days,
      family: "reputation",
    },
    {
      name: `ratings_received_${days}d`,
      sql: `count(rating) filter (asked_days < ${days})`,
      type: "integer" as const,
      description: `How many buyers rated the seller ${lastDays(days)}.`,
      unit: "ratings",
      windowDays: days,
      family: "reputation",
    },
    {
      name: `poor_ratings_${days}d`,
      sql: `count(*) filter (rating <= 2 and asked_days < ${days})`,
      type: "integer" as const,
      description: `Ratings of one or two stars ${lastDays(days)}: unhappy buyers.`,
      unit: "ratings",
      windowDays: days,
      family: "reputation",
    },
  ]),
]);

const together: ModelColumn[] = family({ family: "activity" }, [
  {
    name: "contact_name",
    sql: "'Contact ' || lpad(s.n::varchar, 4, '0')",
    type: "text",
    description: "The person to ask for.",
    family: "contact",
    pii: true,
  },
  {
    name: "contact_phone",
    sql: "case when raw.u('contact', s.k) < 0.83 then '+91-00001-' || lpad(s.n::varchar, 5, '0') end",
    type: "text",
    description: "The contact person's mobile number, where one was given.",
    family: "contact",
    pii: true,
  },
  {
    name: "tenure_days",
    sql: "date_diff('day', s.onboarded_at, coalesce(s.left_at, raw.as_of()))",
    type: "integer",
    description: "Days from joining until now, or until the seller left.",
    unit: "days",
  },
  {
    name: "is_dormant",
    sql: "s.left_at is not null",
    type: "boolean",
    description: "The seller has gone quiet and sells no more: churned.",
  },
  {
    name: "leads_per_listing",
    sql: "lead_count / nullif(total_listings, 0)",
    description: "Enquiries per car put up for sale: how sought-after the seller's cars are.",
    unit: "enquiries",
  },
  {
    name: "leads_per_sale",
    sql: "lead_count / nullif(sold_listings, 0)",
    description: "Enquiries it takes to sell a car.",
    unit: "enquiries",
  },
  {
    name: "lead_trend_30d_vs_90d",
    sql: "leads_30d * 3 / nullif(leads_90d, 0)",
    description: "Enquiries of the last 30 days against the monthly pace of the last 90: above 1 is rising.",
    unit: "ratio",
    windowDays: 90,
  },
  {
    name: "sales_trend_90d_vs_365d",
    sql: "listings_sold_90d * 4 / nullif(listings_sold_365d, 0)",
    description: "Sales of the last quarter against the usual quarter of the year: above 1 is rising.",
    unit: "ratio",
    windowDays: 365,
  },
  {
    name: "subscription_plan",
    sql: "s.plan",
    type: "text",
    description: "The plan the seller subscribes to.",
  },
  {
    name: "engagement_segment",
    sql: "case when s.left_at is not null then 'lapsed' when coalesce(leads_30d, 0) = 0 then 'quiet' when leads_30d < 10 then 'steady' else 'busy' end",
    type: "text",
    description: "How lively the seller is at the moment: busy, steady, quiet or lapsed.",
  },
]);

export const engagement: Model = {
  table: {
    name: "SELLER_ENGAGEMENT_FEATURES",
    description:
      "How a seller uses the marketplace: listings and sales, prices, enquiries received and how quickly they are answered, ratings. Sellers who listed nothing in 18 months are missing.",
    entity: "seller",
    kind: "feature",
    grain: ["SELLER_ID"],
    keys: [{ kind: "primary", entity: "seller", columns: ["SELLER_ID"] }],
    owner: "seller-growth",
    synonyms: ["activity", "performance", "responsiveness", "sales history", "inventory"],
  },
  columns: [
    key("SELLER_ID", "The seller.", "s.seller_id"),
    ...together,
    ...stock,
    ...assortment,
    ...pricing,
    ...care,
    ...leads,
    ...answering,
  ],
};
