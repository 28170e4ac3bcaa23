import { family, key } from "../columns";
import type { Model, ModelColumn } from "../model";
import { fromLeads } from "./engagement-leads";
import { fromListings } from "./engagement-listings";

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
  columns: [key("SELLER_ID", "The seller.", "s.seller_id"), ...together, ...fromListings, ...fromLeads],
};
