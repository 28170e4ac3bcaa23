import { family, key, type Part } from "../columns";
import type { Model } from "../model";

const segments: [segment: string, label: string][] = [
  ["apartment", "apartments"],
  ["house", "independent houses"],
  ["plot", "plots of land"],
  ["shop", "shops"],
];

function ofSegment([segment, label]: (typeof segments)[number]): Part[] {
  const filter = (months: number) => `filter (segment = '${segment}' and months_back < ${months})`;
  const past = `filter (segment = '${segment}' and months_back >= 12 and months_back < 15)`;
  const price = (condition: string) =>
    `(sum(price_per_sqft * sales) ${condition}) / nullif(sum(sales) ${condition}, 0)`;
  const inr = "INR per sq ft";
  return [
    ...[3, 6, 12].flatMap((months): Part[] => [
      {
        name: `${segment}_sales_${months}m`,
        sql: `coalesce(sum(sales) ${filter(months)}, 0)`,
        type: "integer",
        description: `Sales of ${label} in the area in the last ${months} months.`,
        unit: "sales",
        windowDays: months * 30,
        family: "property_sales",
      },
      {
        name: `${segment}_price_${months}m`,
        sql: price(filter(months)),
        description: `Price of ${label} per square foot, by sales of the last ${months} months.`,
        unit: inr,
        windowDays: months * 30,
        family: "property_price",
      },
      {
        name: `${segment}_rent_${months}m`,
        sql: `avg(rent_per_sqft) ${filter(months)}`,
        description: `Monthly rent of ${label} per square foot in the last ${months} months.`,
        unit: inr,
        windowDays: months * 30,
        family: "property_rent",
      },
      {
        name: `${segment}_days_on_market_${months}m`,
        sql: `avg(days_on_market) ${filter(months)}`,
        description: `How many days ${label} stand before they sell, in the last ${months} months.`,
        unit: "days",
        windowDays: months * 30,
        family: "property_pace",
      },
      {
        name: `${segment}_on_market_${months}m`,
        sql: `avg(homes_on_market) ${filter(months)}`,
        description: `How many ${label} are on offer in a usual month of the last ${months}.`,
        unit: "properties",
        windowDays: months * 30,
        family: "property_supply",
      },
    ]),
    {
      name: `${segment}_price_growth_1y`,
      sql: `${price(filter(3))} / nullif(${price(past)}, 0) - 1`,
      description: `Growth of the price of ${label} against a year before: 0.05 is five per cent dearer.`,
      unit: "share",
      windowDays: 365,
      family: "property_growth",
    },
    {
      name: `${segment}_price_momentum`,
      sql: `${price(filter(3))} / nullif(${price(filter(12))}, 0) - 1`,
      description: `Price of ${label} in the last quarter over the year's, less 1: above 0 the market is heating up.`,
      unit: "share",
      windowDays: 365,
      family: "property_growth",
    },
    {
      name: `${segment}_price_spread_1y`,
      sql: `stddev_samp(price_per_sqft) ${filter(12)} / nullif(avg(price_per_sqft) ${filter(12)}, 0)`,
      description: `How unsteady the price of ${label} was over the year: deviation over mean.`,
      unit: "ratio",
      windowDays: 365,
      family: "property_price",
    },
    ...(["min", "max"] as const).map(
      (how): Part => ({
        name: `${segment}_price_${how}_1y`,
        sql: `${how}(price_per_sqft) ${filter(12)}`,
        type: "integer",
        description: `${how === "min" ? "Lowest" : "Highest"} monthly price of ${label} in the year.`,
        unit: inr,
        windowDays: 365,
        family: "property_price",
      }),
    ),
    {
      name: `${segment}_rental_yield`,
      sql: `12 * (avg(rent_per_sqft) ${filter(12)}) / nullif(avg(price_per_sqft) ${filter(12)}, 0)`,
      description: `A year's rent of ${label} over their price.`,
      unit: "share",
      windowDays: 365,
      family: "property_rent",
    },
    {
      name: `${segment}_months_of_supply`,
      sql: `(sum(homes_on_market) ${filter(6)}) / nullif(sum(sales) ${filter(6)}, 0)`,
      description: `How many months it would take to sell all ${label} on offer.`,
      unit: "months",
      windowDays: 180,
      family: "property_supply",
    },
    {
      name: `${segment}_months_with_sales_1y`,
      sql: `count(*) ${filter(12)}`,
      type: "integer",
      description: `Months of the year in which ${label} were sold.`,
      unit: "months",
      windowDays: 365,
      family: "property_sales",
    },
  ];
}

const comparable = ["price_12m", "rent_12m", "sales_12m", "price_growth_1y", "days_on_market_12m"];

const compared: Part[] = segments.flatMap(([segment, label]) =>
  comparable.flatMap((metric): Part[] => {
    const column = `${segment}_${metric}`;
    const words = metric.replace(/_(12m|1y)$/, "").replaceAll("_", " ");
    return [
      {
        name: `${column}_city_percentile`,
        sql: `case when ${column} is not null then percent_rank() over (partition by city_id, ${column} is null order by ${column}) end`,
        description: `Where the area stands in its city by ${words} of ${label}: 0 is lowest, 1 highest.`,
        unit: "percentile",
      },
      {
        name: `${column}_to_city`,
        sql: `${column} / nullif(avg(${column}::decimal(18, 5)) over (partition by city_id), 0)`,
        description: `The area's ${words} of ${label} over the mean of the city's areas.`,
        unit: "ratio",
      },
    ];
  }),
);

const overall: Part[] = [
  {
    name: "home_price_12m",
    sql: "(sum(price_per_sqft * sales) filter (segment in ('apartment', 'house') and months_back < 12)) / nullif(sum(sales) filter (segment in ('apartment', 'house') and months_back < 12), 0)",
    description: "Price of homes per square foot over the year: how expensive it is to live in the area.",
    unit: "INR per sq ft",
    windowDays: 365,
    family: "property_price",
  },
  {
    name: "property_sales_12m",
    sql: "coalesce(sum(sales) filter (months_back < 12), 0)",
    type: "integer",
    description: "Properties of any kind sold in the area over the year.",
    unit: "sales",
    windowDays: 365,
    family: "property_sales",
  },
  {
    name: "property_value_sold_12m",
    sql: "coalesce(sum(sales * price_per_sqft * 900) filter (months_back < 12), 0)",
    type: "integer",
    description: "Value of the property sold over the year, taken at 900 square feet each.",
    unit: "INR",
    windowDays: 365,
    family: "property_sales",
  },
  {
    name: "shop_sales_share_12m",
    sql: "coalesce(sum(sales) filter (segment = 'shop' and months_back < 12), 0) / nullif(sum(sales) filter (months_back < 12), 0)",
    description: "Share of shops in all property sold over the year: how commercial the area is.",
    unit: "share",
    windowDays: 365,
    family: "property_sales",
  },
  {
    name: "property_kinds_sold",
    sql: "count(distinct segment)",
    type: "integer",
    description: "How many kinds of property change hands in the area.",
    unit: "kinds",
    family: "property_sales",
  },
];

export const property: Model = {
  table: {
    name: "PROPERTY_MARKET_FEATURES",
    description:
      "Property in an area: prices, rents, sales, supply and growth of apartments, houses, plots and shops, and how they compare with the rest of the city. Areas without records of sales are missing.",
    entity: "area",
    kind: "feature",
    grain: ["AREA_ID"],
    keys: [{ kind: "primary", entity: "area", columns: ["AREA_ID"] }],
    owner: "market-research",
    synonyms: ["real estate", "housing market", "house prices", "rents", "land prices"],
  },
  columns: [
    { ...key("AREA_ID", "The area.", "summed.area_id"), stage: "key" },
    ...family({ family: "property", stage: "summed" }, [...overall, ...segments.flatMap(ofSegment)]),
    ...family({ family: "property_rank", stage: "compared" }, compared),
  ],
};
