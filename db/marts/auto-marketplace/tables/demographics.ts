import type { Part } from "../columns";
import { family, key } from "../columns";
import type { Model, ModelColumn } from "../model";

/** Parts of a city, by where the household lives. */
const parts: [suffix: string, condition: string, label: string][] = [
  ["", "true", "in the city"],
  ["_core", "core", "in the inner city"],
  ["_suburb", "not core", "in the suburbs"],
  ["_newcomers", "recently_moved", "among those who moved in within five years"],
];
const shares: [name: string, condition: string, label: string, family: string][] = [
  ["owns_home", "owns_home", "own their home", "housing"],
  ["owns_car", "owns_car", "own a car", "vehicles"],
  ["owns_two_cars", "owns_second_car", "own two cars", "vehicles"],
  ["owns_two_wheeler", "owns_two_wheeler", "own a scooter or motorcycle", "vehicles"],
  ["has_car_loan", "has_car_loan", "are paying off a car loan", "vehicles"],
  ["plans_car", "plans_car_within_year", "mean to buy a car within a year", "vehicles"],
  ["has_air_conditioner", "has_air_conditioner", "have an air conditioner", "wealth"],
  ["has_broadband", "has_broadband", "have broadband at home", "wealth"],
  ["shops_online", "shops_online", "shop online", "lifestyle"],
  ["recently_moved", "recently_moved", "moved in within five years", "lifestyle"],
  ["large_family", "members >= 5", "have five or more members", "household"],
  ["single_person", "members = 1", "are one person", "household"],
  ["young_head", "head_age < 35", "are headed by someone under 35", "household"],
  ["senior_head", "head_age >= 60", "are headed by someone of 60 or more", "household"],
  ["primary_school", "education = 'primary'", "are headed by someone with primary school only", "education"],
  ["secondary_school", "education = 'secondary'", "are headed by someone with secondary school", "education"],
  ["graduate", "education = 'graduate'", "are headed by a graduate", "education"],
  ["postgraduate", "education = 'postgraduate'", "are headed by a postgraduate", "education"],
  ["salaried_private", "occupation = 'salaried_private'", "live on a private-sector salary", "occupation"],
  ["salaried_government", "occupation = 'salaried_government'", "live on a government salary", "occupation"],
  ["self_employed", "occupation = 'self_employed'", "live on their own business", "occupation"],
  ["casual_work", "occupation = 'casual_work'", "live on casual work", "occupation"],
  ["retired", "occupation = 'retired'", "live on a pension", "occupation"],
];
const brackets: [name: string, from: number, to: number, label: string][] = [
  ["under_10k", 0, 10_000, "less than 10,000 rupees a month"],
  ["10k_to_20k", 10_000, 20_000, "10,000 to 20,000 rupees a month"],
  ["20k_to_40k", 20_000, 40_000, "20,000 to 40,000 rupees a month"],
  ["40k_to_80k", 40_000, 80_000, "40,000 to 80,000 rupees a month"],
  ["80k_and_more", 80_000, 1e12, "80,000 rupees a month and more"],
];
const spendings: [name: string, label: string][] = [
  ["food", "food"],
  ["transport", "transport and fuel"],
  ["education", "education"],
  ["leisure", "leisure and eating out"],
];

function ofPart([suffix, part, where]: (typeof parts)[number]): Part[] {
  const filter = `filter (${part})`;
  return [
    ...(["median", "mean", "p10", "p90"] as const).map((how) => ({
      name: `household_income_${how}${suffix}`,
      sql: {
        median: `median(income) ${filter}`,
        mean: `avg(income) ${filter}`,
        p10: `quantile_cont(income, 0.1) ${filter}`,
        p90: `quantile_cont(income, 0.9) ${filter}`,
      }[how],
      description: {
        median: `What a typical household ${where} earns a month: the usual measure of how wealthy people are.`,
        mean: `Mean monthly household income ${where}.`,
        p10: `Monthly income below which the poorest tenth of households ${where} live.`,
        p90: `Monthly income above which the richest tenth of households ${where} live.`,
      }[how],
      unit: "INR per month",
      family: "income",
    })),
    {
      name: `income_gap${suffix}`,
      sql: `quantile_cont(income, 0.9) ${filter} / quantile_cont(income, 0.1) ${filter}`,
      description: `Income of the richest tenth over that of the poorest ${where}: how unequal it is.`,
      unit: "ratio",
      family: "income",
    },
    ...brackets.map(([name, from, to, label]) => ({
      name: `income_share_${name}${suffix}`,
      sql: `avg((income >= ${from} and income < ${to})::integer) ${filter}`,
      description: `Share of households ${where} that earn ${label}.`,
      unit: "share",
      family: "income",
    })),
    ...spendings.flatMap(([name, label]) => [
      {
        name: `${name}_spend${suffix}`,
        sql: `avg(${name}_spend) ${filter}`,
        description: `What a household ${where} spends a month on ${label}.`,
        unit: "INR per month",
        family: "spending",
      },
      {
        name: `${name}_spend_share${suffix}`,
        sql: `(sum(${name}_spend) ${filter}) / (sum(income) ${filter})`,
        description: `Share of household income ${where} that goes to ${label}.`,
        unit: "share",
        family: "spending",
      },
    ]),
    {
      name: `savings_rate${suffix}`,
      sql: `(sum(savings) ${filter}) / (sum(income) ${filter})`,
      description: `Share of household income ${where} that is put aside.`,
      unit: "share",
      family: "wealth",
    },
    ...shares
      .filter(([, condition]) => condition !== part)
      .map(([name, condition, label, group]) => ({
        name: `${name}_share${suffix}`,
        sql: `avg((${condition})::integer) ${filter}`,
        description: `Share of households ${where} that ${label}.`,
        unit: "share",
        family: group,
      })),
    {
      name: `household_members${suffix}`,
      sql: `avg(members) ${filter}`,
      description: `People per household ${where}.`,
      unit: "people",
      family: "household",
    },
    {
      name: `household_head_age${suffix}`,
      sql: `median(head_age) ${filter}`,
      description: `Age of a typical head of household ${where}.`,
      unit: "years",
      family: "household",
    },
    {
      name: `commute_minutes${suffix}`,
      sql: `median(commute_minutes) ${filter}`,
      description: `Minutes a typical earner ${where} needs to get to work.`,
      unit: "minutes",
      family: "lifestyle",
    },
  ];
}

/** Whole city, by what a household earns, learned or does. */
const crossed: Part[] = [
  ...["primary", "secondary", "graduate", "postgraduate"].map((level) => ({
    name: `household_income_${level}`,
    sql: `median(income) filter (education = '${level}')`,
    description: `What a typical household earns a month where its head is of ${level} education.`,
    unit: "INR per month",
    family: "income",
  })),
  ...["salaried_private", "salaried_government", "self_employed", "casual_work", "retired"].map(
    (occupation) => ({
      name: `household_income_${occupation}`,
      sql: `median(income) filter (occupation = '${occupation}')`,
      description: `What a typical household earns a month by ${occupation.replaceAll("_", " ")} people.`,
      unit: "INR per month",
      family: "income",
    }),
  ),
  ...brackets.flatMap(([bracket, from, to, label]) =>
    [
      ["owns_car", "owns_car", "own a car"],
      ["plans_car", "plans_car_within_year", "mean to buy a car within a year"],
    ].map(([name, condition, does]) => ({
      name: `${name}_share_earning_${bracket}`,
      sql: `avg(${condition}::integer) filter (income >= ${from} and income < ${to})`,
      description: `Of households that earn ${label}, the share that ${does}.`,
      unit: "share",
      family: "vehicles",
    })),
  ),
];

const ranked = [
  "household_income_median",
  "owns_car_share",
  "graduate_share",
  "savings_rate",
  "shops_online_share",
];

const whole: ModelColumn[] = family({ family: "population" }, [
  {
    name: "population",
    sql: "c.population",
    type: "integer",
    description: "People who live in the city.",
    unit: "people",
  },
  {
    name: "city_area_km2",
    sql: "area_count * 5.16",
    description: "Extent of the part of the city the marketplace covers.",
    unit: "km²",
  },
  {
    name: "population_density",
    sql: "c.population / (area_count * 5.16)",
    description: "People per square kilometre: how crowded the city is.",
    unit: "people per km²",
  },
  {
    name: "population_rank",
    sql: "rank() over (order by c.population desc)",
    type: "integer",
    description: "The city's place among all by number of people, 1 being the largest.",
  },
  {
    name: "surveyed_households",
    sql: "surveyed",
    type: "integer",
    description: "Households whose answers stand behind these figures and were complete.",
    unit: "households",
    family: "survey",
  },
  {
    name: "inner_city_share",
    sql: "core_households / surveyed",
    description: "Share of the surveyed households that live in the inner city.",
    unit: "share",
    family: "survey",
  },
  ...ranked.map((name) => ({
    name: `${name}_rank`,
    sql: `rank() over (order by ${name} desc)`,
    type: "integer" as const,
    description: `The city's place among all by ${name.replace(/_share$/, "").replaceAll("_", " ")}, 1 being the highest.`,
    family: "rank",
  })),
  {
    name: "affluence_class",
    sql: "case ntile(4) over (order by household_income_median desc) when 1 then 'prosperous' when 2 then 'comfortable' when 3 then 'modest' else 'struggling' end",
    type: "text",
    description:
      "The quarter of cities, by typical income, that this one is in: prosperous, comfortable, modest or struggling.",
    family: "wealth",
  },
]);

export const demographics: Model = {
  table: {
    name: "CITY_DEMOGRAPHICS_FEATURES",
    description:
      "Who lives in a city: population, income and how wealthy households are, spending, education, occupation, vehicles owned. From a sample survey of households; two cities were not surveyed.",
    entity: "city",
    kind: "feature",
    grain: ["CITY_ID"],
    keys: [{ kind: "primary", entity: "city", columns: ["CITY_ID"] }],
    owner: "market-research",
    synonyms: ["census", "population", "affluence", "people", "income levels", "socio-economic"],
  },
  columns: [
    key("CITY_ID", "The city.", "c.city_id"),
    ...whole,
    ...family({ family: "household", stage: "surveyed" }, [...parts.flatMap(ofPart), ...crossed]),
  ],
};
