import type { QuarantineReason } from "@/lib/pipeline/steps";

/** A way in which rows of a table are wrong. */
export interface DirtSpec {
  table: string;
  reason: QuarantineReason;
  /** The column that is wrong; null where it is the whole record. */
  column: string | null;
  /** JSON text that takes the column's place; null leaves it out; absent where nothing of the row is changed. */
  value?: string | null;
}

/** Stands for what JSON text in the engine cannot hold; written out as such when it is served. */
export const markers = { hugeNumber: "@@1e309@@", hugeCell: "@@10MB@@", brokenBytes: "@@bytes@@" } as const;

const huge = JSON.stringify(markers.hugeNumber);
const cell = JSON.stringify(markers.hugeCell);

const spec = (
  table: string,
  reason: QuarantineReason,
  column: string | null,
  value?: string | null,
): DirtSpec => ({
  table,
  reason,
  column,
  ...(value === undefined ? {} : { value }),
});

export const dirtSpecs: DirtSpec[] = [
  spec("households", "wrong_type", "members", '"four"'),
  spec("households", "out_of_range", "head_age", "417"),
  spec("households", "missing_value", "education", null),
  spec("households", "unknown_key", "city_id", '"XXX"'),
  spec("households", "duplicate", null),
  spec("property_months", "impossible_date", "published_on", '"2026-02-30"'),
  spec("property_months", "wrong_type", "price_per_sqft", '"4,8OO"'),
  spec("property_months", "out_of_range", "rent_per_sqft", huge),
  spec("property_months", "duplicate", null),
  spec("area_notes", "cell_too_large", "note", cell),
  spec("area_notes", "missing_value", "note", null),
  spec("fuel_prices", "out_of_range", "price", "-3"),
  spec("fuel_prices", "wrong_type", "fuel", '"petroleum"'),
  spec("market_prices", "wrong_type", "median_price_inr", '"on request"'),
  spec("market_prices", "impossible_date", "month", '"2026-13-01"'),

  spec("sellers", "wrong_type", "staff", '"a dozen"'),
  spec("sellers", "unknown_key", "city_id", '"XXX"'),
  spec("sellers", "missing_value", "seller_type", null),
  spec("renewals", "out_of_range", "months", "480"),
  spec("renewals", "unknown_key", "seller_id", '"S999999"'),
  spec("listings", "wrong_type", "kilometres", '"about 40000"'),
  spec("listings", "out_of_range", "photos", "-3"),
  spec("listings", "out_of_range", "kilometres", huge),
  spec("listings", "missing_value", "make", null),
  spec("listings", "cell_too_large", "model", cell),
  spec("listings", "duplicate", null),
  spec("price_changes", "impossible_date", "changed_at", '"2026-02-30 10:00:00"'),
  spec("price_changes", "unknown_key", "listing_id", '"L999999-001"'),
  spec("buyers", "wrong_type", "occupation", '"farmer"'),
  spec("leads", "unknown_key", "buyer_id", '"B9999999"'),
  spec("leads", "out_of_range", "rating", "11"),
  spec("leads", "duplicate", null),
  spec("loan_applications", "wrong_type", "amount_inr", '"3.5 lakh"'),
  spec("loan_applications", "out_of_range", "tenure_months", "999"),

  spec("campaigns", "cell_too_large", "campaign_name", cell),
  spec("messages", "wrong_type", "cost_paise", '"many"'),
  spec("messages", "impossible_date", "sent_at", '"2026-02-30T10:00:00Z"'),
  spec("messages", "unknown_key", "seller_id", '"S999999"'),
  spec("messages", "missing_value", "variant", null),
  spec("messages", "out_of_range", "cost_paise", "-5"),
  spec("campaign_days", "out_of_range", "spend_inr", huge),
  spec("campaign_days", "wrong_type", "clicks", '"a few"'),
  spec("campaign_days", "duplicate", null),

  spec("sessions", "wrong_type", "seconds", '"a minute"'),
  spec("sessions", "out_of_range", "seconds", huge),
  spec("sessions", "out_of_range", "listing_views", "1000000"),
  spec("sessions", "impossible_date", "started_at", '"2026-02-30T10:00:00Z"'),
  spec("sessions", "unknown_key", "seller_id", '"S999999"'),
  spec("sessions", "missing_value", "device", null),
  spec("sessions", "cell_too_large", "visitor_id", cell),
  spec("sessions", "too_late", "started_at"),
  spec("sessions", "duplicate", null),
  spec("seller_actions", "wrong_type", "device", '"telephone"'),
  spec("seller_actions", "too_late", "started_at"),
  spec("seller_actions", "duplicate", null),

  spec("pois", "wrong_type", "rating", '"five stars"'),
  spec("pois", "out_of_range", "rating", "9"),
  spec("pois", "impossible_date", "opened_on", '"2024-06-31"'),
  spec("pois", "missing_value", "category", null),
  spec("pois", "duplicate", null),
  spec("area_travel", "duplicate", null),
];

/** Where a dirty row has to have a key of its own and the first key column cannot give it: SQL for the column that does. */
export const freshKeys: Record<string, { column: string; sql: string }> = {
  property_months: { column: "month", sql: "(month - interval 20 years)::date" },
  area_notes: { column: "note_no", sql: "note_no + 50 + {n}" },
  fuel_prices: { column: "month", sql: "(month - interval 20 years)::date" },
  market_prices: { column: "model", sql: "'X' || model" },
  campaign_days: { column: "day", sql: "day - 7300" },
};
