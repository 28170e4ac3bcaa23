import { family, key } from "../columns";
import type { Model, ModelColumn } from "../model";

/** As in `seeds/area_dimensions.csv`. */
const dimensions: [name: string, label: string][] = [
  ["affluence", "affluence: how well-off the people look"],
  ["safety", "safety: how safe the streets feel"],
  ["walkability", "walkability: how easily things are reached on foot"],
  ["nightlife", "nightlife: what is open after dark"],
  ["greenery", "greenery: trees and open spaces"],
  ["quietness", "quietness: little noise and traffic"],
  ["cleanliness", "cleanliness of streets and drains"],
  ["family_life", "family life: schools and play for children"],
  ["parking", "ease of parking"],
  ["road_quality", "road quality"],
  ["transit_access", "reach of trains and buses"],
  ["car_culture", "car culture: pride in and talk of cars"],
  ["brand_presence", "presence of well-known brands"],
  ["bargain_hunting", "bargain hunting: haggling and second-hand trade"],
  ["industry", "industrial feel: workshops and depots"],
  ["office_life", "office life: people in white-collar work"],
  ["youthfulness", "youthfulness: students and first jobs"],
  ["newcomers", "newcomers: people who moved in lately"],
  ["flood_risk", "flood risk in the rains"],
  ["trust", "trust between neighbours and traders"],
];

const scores: ModelColumn[] = dimensions.flatMap(([name, label]) =>
  family({ family: "location_score", stage: "scored" }, [
    {
      name: `llm_${name}_score`,
      sql: `50 + 25 * (sum(weight) filter (dimension = '${name}')) / nullif(count(*) filter (dimension = '${name}'), 0)`,
      description: `Score of 0 to 100 for ${label}, read from notes on the area by an offline scorer.`,
      unit: "points",
    },
    {
      name: `llm_${name}_mentions`,
      sql: `count(*) filter (dimension = '${name}')`,
      type: "integer",
      description: `How many remarks in the notes bear on ${label}.`,
      unit: "remarks",
      family: "location_evidence",
    },
    {
      name: `llm_${name}_agreement`,
      sql: `1 - ((max(weight) filter (dimension = '${name}')) - (min(weight) filter (dimension = '${name}'))) / 4`,
      description: `Whether the remarks on ${label} agree: 1 is of one mind, 0 is at odds.`,
      unit: "share",
      family: "location_evidence",
    },
  ]),
);

const compared: ModelColumn[] = dimensions.flatMap(([name, label]) =>
  family({ family: "location_rank", stage: "compared" }, [
    {
      name: `llm_${name}_city_percentile`,
      sql: `case when llm_${name}_score is not null then percent_rank() over (partition by city_id, llm_${name}_score is null order by llm_${name}_score) end`,
      description: `Where the area stands in its city for ${label}: 0 is lowest, 1 highest.`,
      unit: "percentile",
    },
    {
      name: `llm_${name}_city_gap`,
      sql: `llm_${name}_score - avg(llm_${name}_score::decimal(18, 5)) over (partition by city_id)`,
      description: `Points above or below the city's mean for ${label}.`,
      unit: "points",
    },
  ]),
);

const surroundings: ModelColumn[] = dimensions.flatMap(([name, label]) =>
  family({ family: "location_surroundings", stage: "around" }, [
    {
      name: `llm_${name}_around_score`,
      sql: `avg(o.llm_${name}_score::decimal(18, 5))`,
      description: `Mean score within 5 km around, the area itself left out, for ${label}.`,
      unit: "points",
    },
  ]),
);

const overall: ModelColumn[] = family({ family: "location_summary", stage: "compared" }, [
  {
    name: "llm_character",
    sql: "case when llm_affluence_score >= 80 then 'upmarket' when llm_industry_score >= 75 then 'industrial' when llm_office_life_score >= 75 then 'business' when llm_youthfulness_score >= 75 then 'student' when llm_family_life_score >= 70 then 'family' when llm_bargain_hunting_score >= 70 then 'bazaar' else 'mixed' end",
    type: "text",
    description:
      "What the area is mostly like, in a word: upmarket, industrial, business, student, family, bazaar or mixed.",
  },
  {
    name: "llm_liveability_score",
    sql: "(coalesce(llm_safety_score, 50) + coalesce(llm_greenery_score, 50) + coalesce(llm_cleanliness_score, 50) + coalesce(llm_walkability_score, 50)) / 4",
    description: "How pleasant it is to live there: safety, greenery, cleanliness and walkability together.",
    unit: "points",
  },
  {
    name: "llm_buyer_potential_score",
    sql: "(2 * coalesce(llm_affluence_score, 50) + 2 * coalesce(llm_car_culture_score, 50) + coalesce(llm_newcomers_score, 50)) / 5",
    description: "How likely people there are to buy a car: affluence, car culture and newcomers together.",
    unit: "points",
  },
  {
    name: "llm_trade_score",
    sql: "(coalesce(llm_trust_score, 50) + coalesce(llm_bargain_hunting_score, 50) + coalesce(llm_industry_score, 50)) / 3",
    description: "How well the area suits used-car trade: trust, bargaining and workshops together.",
    unit: "points",
  },
]);

export const location: Model = {
  table: {
    name: "LLM_LOCATION_FEATURES",
    description:
      "What an area is like to live and trade in, scored from short written notes: affluence, safety, greenery, nightlife, car culture, flood risk and more. The demo mart's notes are generated, and an offline scorer that looks for telling phrases stands in for the language model. One area in ten has no notes.",
    entity: "area",
    kind: "feature",
    grain: ["AREA_ID"],
    keys: [{ kind: "primary", entity: "area", columns: ["AREA_ID"] }],
    owner: "geo-insights",
    synonyms: ["location scores", "neighbourhood character", "LLM scores", "area quality", "vibe"],
  },
  columns: [
    { ...key("AREA_ID", "The area.", "scored.area_id"), stage: "key" },
    ...overall,
    ...family({ family: "location_evidence", stage: "read", type: "integer" }, [
      {
        name: "llm_notes_read",
        sql: "count(*)",
        description: "Notes on the area that were read.",
        unit: "notes",
      },
      {
        name: "llm_note_characters",
        sql: "sum(length(note))",
        description: "Length of all notes on the area.",
        unit: "characters",
      },
    ]),
    ...scores,
    ...compared,
    ...surroundings,
  ],
};
