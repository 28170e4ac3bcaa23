import { family, key, type Part } from "../columns";
import type { Model } from "../model";

/** Monthly sums, computed in the model's file under these names. */
const metrics: [name: string, label: string, unit: string, family: string][] = [
  ["visits", "visits to the seller's pages", "visits", "traffic_trend"],
  ["views", "cars looked at", "views", "traffic_trend"],
  ["favourites", "cars saved as favourites", "clicks", "intent_trend"],
  ["contact_attempts", "attempts to call, chat or write", "clicks", "intent_trend"],
  ["logins", "times the seller signed in", "sign-ins", "activity_trend"],
  ["new_listings", "cars put up for sale", "listings", "supply_trend"],
  ["cars_sold", "cars sold", "cars", "sales_trend"],
  ["turnover", "rupees taken for cars sold", "INR", "sales_trend"],
  ["enquiries", "buyers' enquiries", "enquiries", "demand_trend"],
  ["test_drives", "test drives", "test drives", "demand_trend"],
  ["answered", "enquiries the seller answered", "enquiries", "response_trend"],
];

const ordered = "(partition by seller_id order by month_closed_at";

function ofMetric([name, label, unit, group]: (typeof metrics)[number]): Part[] {
  const last = (months: number) => `over ${ordered} rows between ${months - 1} preceding and current row)`;
  const before = (months: number) => `lag(${name}, ${months}) over ${ordered})`;
  const shared = { family: group };
  return [
    {
      ...shared,
      name: `monthly_${name}`,
      sql: name,
      type: "integer",
      unit,
      description: `Number of ${label} in the month.`.replace("Number of rupees", "Rupees"),
    },
    {
      ...shared,
      name: `monthly_${name}_change`,
      sql: `${name} - ${before(1)}`,
      type: "integer",
      unit,
      description: `Change of ${label} against the month before.`,
    },
    {
      ...shared,
      name: `monthly_${name}_growth`,
      sql: `(${name} - ${before(1)}) / nullif(${before(1)}, 0)`,
      unit: "ratio",
      description: `Growth of ${label} against the month before: 0.1 is ten per cent more.`,
    },
    {
      ...shared,
      name: `monthly_${name}_mean_3m`,
      sql: `avg(${name}) ${last(3)}`,
      unit,
      windowDays: 90,
      description: `Mean of ${label} a month over three months.`,
    },
    {
      ...shared,
      name: `monthly_${name}_mean_6m`,
      sql: `avg(${name}) ${last(6)}`,
      unit,
      windowDays: 180,
      description: `Mean of ${label} a month over half a year.`,
    },
    {
      ...shared,
      name: `monthly_${name}_mean_12m`,
      sql: `avg(${name}) ${last(12)}`,
      unit,
      windowDays: 365,
      description: `Mean of ${label} a month over a year.`,
    },
    {
      ...shared,
      name: `monthly_${name}_slope_6m`,
      sql: `regr_slope(${name}, month_no) ${last(6)}`,
      unit: `${unit} per month`,
      windowDays: 180,
      description: `Direction of ${label} over half a year: how many more or fewer every month.`,
    },
    {
      ...shared,
      name: `monthly_${name}_spread_6m`,
      sql: `stddev_samp(${name}) ${last(6)}`,
      unit,
      windowDays: 180,
      description: `How unsteady ${label} were over half a year: their standard deviation.`,
    },
    {
      ...shared,
      name: `monthly_${name}_of_peak`,
      sql: `${name} / nullif(max(${name}) ${last(12)}, 0)`,
      unit: "share",
      windowDays: 365,
      description: `The month's ${label} as a share of the best month of the last twelve.`,
    },
    {
      ...shared,
      name: `monthly_${name}_vs_year_ago`,
      sql: `${name} / nullif(${before(12)}, 0)`,
      unit: "ratio",
      windowDays: 365,
      description: `The month's ${label} over those of the same month a year before.`,
    },
  ];
}

export const trend: Model = {
  table: {
    name: "SELLER_TREND_FEATURES",
    description:
      "How a seller develops from month to month: growth, direction and steadiness of visits, enquiries, listings and sales. One row per seller and closed month; sellers who joined in the last month have none.",
    entity: "seller_month",
    kind: "feature",
    grain: ["SELLER_ID", "MONTH_CLOSED_AT"],
    keys: [
      { kind: "primary", entity: "seller_month", columns: ["SELLER_ID", "MONTH_CLOSED_AT"] },
      { kind: "foreign", entity: "seller", columns: ["SELLER_ID"] },
    ],
    eventTime: "MONTH_CLOSED_AT",
    createdTime: "WRITTEN_AT",
    ttlSeconds: 45 * 86_400,
    owner: "seller-growth",
    synonyms: ["trends", "momentum", "growth", "month over month", "decline", "time series"],
  },
  columns: [
    key("SELLER_ID", "The seller."),
    key("MONTH_CLOSED_AT", "When the month ended, at midnight in India.", "month_closed_at", "timestamp"),
    key(
      "WRITTEN_AT",
      "When the row was written, some hours after the month ended.",
      "written_at",
      "timestamp",
    ),
    ...family({ family: "trend" }, metrics.flatMap(ofMetric)),
    ...family({ family: "tenure_trend", type: "integer" }, [
      {
        name: "months_since_joining",
        sql: "date_diff('month', onboarded_at, month_closed_at)",
        unit: "months",
        description: "Months between joining and the end of the month.",
      },
      {
        name: "quiet_months_of_6",
        sql: `sum((visits = 0 and new_listings = 0)::integer) over ${ordered} rows between 5 preceding and current row)`,
        unit: "months",
        windowDays: 180,
        description: "Of the last six months, how many passed with neither visits nor new cars.",
      },
      {
        name: "months_of_falling_demand",
        sql: `sum((enquiries < previous_enquiries)::integer) over ${ordered} rows between 5 preceding and current row)`,
        unit: "months",
        windowDays: 180,
        description: "Of the last six months, in how many enquiries fell: a sign of a seller about to leave.",
      },
    ]),
  ],
};
