import type { PlannedRequest } from "@/lib/planner";
import type { Registry, SavedRequest } from "@/lib/registry";

/** Words that people put about the title of what they ask for. */
const about =
  /\b(please|build|run|give|get|make|create|me|us|the|a|an|our|my|saved|request|feature|features|matrix|dataset|table|called|named|for)\b/g;

/** The saved request whose title is all that a message says: “seller prioritisation”, “run the saved request …”. */
export function findSavedRequest(message: string, { requests = [] }: Registry): SavedRequest | null {
  const said = bare(message);
  return said === "" ? null : (requests.find(({ title }) => bare(title) === said) ?? null);
}

/** As exact as a request can be: every feature by its name. */
export function requestOfSaved({ title, entity, selections }: SavedRequest): PlannedRequest {
  const features = selections.flatMap(({ table, features: names }) =>
    names.map((feature) => ({ table, feature })),
  );
  return {
    ...{
      intent: "build",
      entity,
      stamp: null,
      asOf: null,
      exclude: [],
      filters: [],
      unresolved: [],
      subject: null,
    },
    include: [
      {
        phrase: title,
        tables: selections.map(({ table }) => table),
        features,
        delaySeconds: null,
        role: null,
      },
    ],
  };
}

function bare(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s]/gu, " ")
    .replace(about, " ")
    .replaceAll("prioritization", "prioritisation")
    .replace(/\s+/g, " ")
    .trim();
}
