import type { RequestSpec } from "@/lib/pipeline/mart";

/** Feature sets that were agreed on with those who train on them. */
export const requests: RequestSpec[] = [
  {
    title: "Seller prioritisation",
    description:
      "What the seller prioritisation model is trained on: how sellers work, who visits them, where they are, how they pay and how they stand among their peers.",
    entity: "seller",
    features: 1141,
    select: [
      { table: "SELLERS", families: ["profile"] },
      { table: "SELLER_ENGAGEMENT_FEATURES" },
      { table: "CLICKSTREAM_SELLER_90D" },
      { table: "SELLER_GEO_FEATURES" },
      { table: "SELLER_PEERS", families: ["peer_ratio"] },
      { table: "SELLER_SUBSCRIPTION", families: ["payments_ever", "plan_moves"] },
      { table: "SELLER_SALES", families: ["sales_growth"] },
      { table: "SELLER_LEAD_RESPONSE", families: ["answer_change"] },
      { table: "LLM_LOCATION_FEATURES", families: ["location_summary", "location_score", "location_rank"] },
      { table: "AREA_NEIGHBOURHOOD", families: ["neighbourhood"] },
      { table: "AREA_CATCHMENTS" },
      { table: "PROPERTY_MARKET_FEATURES", families: ["property_growth", "property_pace"] },
      { table: "CITY_DEMOGRAPHICS_FEATURES", families: ["population", "income", "vehicles", "rank"] },
    ],
  },
];
