import { relevantScore } from "@/lib/registry/search";
import type { PlannerContext } from "../port";
import type { PlannedRequest } from "../schema";
import type { Opening } from "./intent";
import { editDistance, stem, type Token } from "./text";
import { readTimes } from "./times";
import type { Vocabulary } from "./vocabulary";

export const emptyRequest: PlannedRequest = {
  intent: "off_topic",
  entity: null,
  stamp: null,
  asOf: null,
  include: [],
  exclude: [],
  filters: [],
  unresolved: [],
  subject: null,
};

/** The request of a message whose form alone says what it is. */
export async function answerOpening(
  opening: Exclude<Opening, { kind: "work" | "count" }>,
  tokens: Token[],
  vocabulary: Vocabulary,
  context: PlannerContext,
): Promise<PlannedRequest> {
  if (opening.kind === "describe") return describe(opening, vocabulary, context);
  if (opening.kind !== "export") return { ...emptyRequest, intent: opening.kind };
  const { stamp } = readTimes(tokens, context.registry);
  const request: PlannedRequest = { ...emptyRequest, intent: "export", stamp };
  if (stamp && stamp !== context.registry.stamp) {
    request.unresolved = [
      {
        phrase: stamp,
        reason: "stamp_unknown",
        table: null,
        column: null,
        suggestions: [context.registry.stamp],
      },
    ];
  }
  return request;
}

async function describe(
  { subject, ofMart }: { subject: string; ofMart: boolean },
  vocabulary: Vocabulary,
  context: PlannerContext,
): Promise<PlannedRequest> {
  const name = subject.toLowerCase();
  if (ofMart && !/_/.test(name)) return { ...emptyRequest, intent: "describe", subject };
  const known = vocabulary.tables.get(name) ?? vocabulary.features.get(name)?.[0]?.feature;
  if (known) return { ...emptyRequest, intent: "describe", subject: known };
  if (/_/.test(name)) {
    const suggestions = nearestNames(name, vocabulary);
    return {
      ...emptyRequest,
      intent: "describe",
      subject,
      unresolved: [{ phrase: subject, reason: "features_unknown", table: null, column: null, suggestions }],
    };
  }
  const [table] = await context.search.rank(subject, { limit: 1 });
  const [feature] = await context.search.rankFeatures(subject, { limit: 1 });
  const means = Math.max(table?.score ?? 0, feature?.score ?? 0) >= relevantScore;
  const speaks = subject.split(/\s+/).filter((word) => vocabulary.stems.has(stem(word.toLowerCase())));
  return means && speaks.length * 2 >= subject.split(/\s+/).length
    ? { ...emptyRequest, intent: "describe", subject }
    : { ...emptyRequest, intent: "off_topic" };
}

function nearestNames(name: string, { features, tables }: Vocabulary): string[] {
  return [...features.keys(), ...tables.keys()]
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate, 3) }))
    .filter(({ distance }) => distance <= 3)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 5)
    .map(({ candidate }) => features.get(candidate)?.[0]?.feature ?? tables.get(candidate) ?? candidate);
}
