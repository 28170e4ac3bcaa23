import { readFile } from "node:fs/promises";
import path from "node:path";
import { groupBy } from "@/lib/group-by";

/** What a note can bear on. */
export const dimensions = [
  ...[
    "affluence",
    "safety",
    "walkability",
    "nightlife",
    "greenery",
    "quietness",
    "cleanliness",
    "family_life",
  ],
  ...[
    "parking",
    "road_quality",
    "transit_access",
    "car_culture",
    "brand_presence",
    "bargain_hunting",
    "industry",
  ],
  ...["office_life", "youthfulness", "newcomers", "flood_risk", "trust"],
] as const;
export type Dimension = (typeof dimensions)[number];

export const neighbourhoodClasses = [
  ...["upmarket", "family", "business", "student", "bazaar", "industrial", "mixed"],
] as const;
export type NeighbourhoodClass = (typeof neighbourhoodClasses)[number];

export interface Judgement {
  /** What the notes say, each remark from −2 (as little as can be) to 2 (as much as can be). */
  remarks: { note: number; dimension: Dimension; weight: number }[];
  /** How good a place it is to live and trade in, 0 … 100. */
  quality: number;
  neighbourhood: NeighbourhoodClass;
}

export interface AreaNotes {
  notes: { note: number; text: string }[];
}

type Scorer = (area: AreaNotes) => Judgement;

/** Looks for telling phrases: what stands in for a language model. The same notes always give the same judgement. */
export async function openOfflineScorer(): Promise<Scorer> {
  const file = path.join(process.cwd(), "db", "marts", "auto-marketplace", "augment", "area-cues.csv");
  const [, ...lines] = (await readFile(file, "utf8")).trim().split("\n");
  const cues = lines.map((line) => {
    const [dimension = "", cue = "", weight = ""] = line.split(",");
    return { dimension: dimension as Dimension, cue, weight: Number(weight) };
  });
  return ({ notes }) => {
    const remarks = notes.flatMap(({ note, text }) =>
      cues
        .filter(({ cue }) => text.includes(cue))
        .map(({ dimension, weight }) => ({ note, dimension, weight })),
    );
    const scores = meanByDimension(remarks);
    return { remarks, quality: qualityOf(scores), neighbourhood: classOf(scores) };
  };
}

type Scores = Partial<Record<Dimension, number>>;

function meanByDimension(remarks: Judgement["remarks"]): Scores {
  const groups = groupBy(remarks, ({ dimension }) => dimension);
  return Object.fromEntries(
    [...groups].map(([dimension, all]) => [
      dimension,
      all.reduce((sum, { weight }) => sum + weight, 0) / all.length,
    ]),
  );
}

/** What makes a place good to live in, safety first; what nobody wrote about counts as middling. */
const qualityWeights: Scores = {
  ...{ safety: 3, cleanliness: 2, greenery: 2, road_quality: 2, walkability: 1, transit_access: 1 },
  ...{ family_life: 1, trust: 1, quietness: 1, flood_risk: -2, industry: -1 },
};

function qualityOf(scores: Scores): number {
  const weights = Object.entries(qualityWeights) as [Dimension, number][];
  const most = weights.reduce((sum, [, weight]) => sum + 2 * Math.abs(weight), 0);
  const sum = weights.reduce((all, [dimension, weight]) => all + weight * (scores[dimension] ?? 0), 0);
  return Math.round(50 + (50 * sum) / most);
}

const classSigns: [NeighbourhoodClass, Dimension, number][] = [
  ["upmarket", "affluence", 1.2],
  ["industrial", "industry", 1],
  ["business", "office_life", 1],
  ["student", "youthfulness", 1],
  ["family", "family_life", 0.8],
  ["bazaar", "bargain_hunting", 0.8],
];

function classOf(scores: Scores): NeighbourhoodClass {
  return classSigns.find(([, dimension, least]) => (scores[dimension] ?? 0) >= least)?.[0] ?? "mixed";
}
