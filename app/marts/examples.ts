import type { Registry } from "@/lib/registry";

/** Requests that a person can begin with, written for the marts we know. */
const written: Record<string, string[]> = {
  "auto-marketplace": [
    "Build a feature matrix for seller prioritisation: sellers in Mumbai and Pune, geo and engagement features, the last 90 days of clickstream, city demographics and LLM location scores. Exclude PII.",
    "Sellers in Bengaluru with at least 10 listings: engagement trend and property market features",
    "How wealthy is the neighbourhood of each seller in Delhi?",
    "Which city has the most dormant sellers?",
  ],
  flights: [
    "For each flight out of JFK, weather at the origin an hour before departure, the plane’s age and seats, the airline’s name",
    "Flights of JetBlue in January with the weather at departure",
  ],
};

/** For a mart of the person's own files, one request is made from its first entity and the tables around it. */
export function examplesFor(mart: string, registry: Registry): string[] {
  const saved = (registry.requests ?? []).map(({ title }) => `Saved request: ${title}`);
  const known = written[mart];
  if (known) return [...saved, ...known];
  const spine = registry.tables.find(({ kind }) => kind === "entity") ?? registry.tables[0];
  if (!spine) return [];
  const others = registry.tables.filter((table) => table !== spine).slice(0, 2);
  const subject = spine.entity.replaceAll("_", " ").toLowerCase();
  const wanted = others.map((table) => table.name.replaceAll("_", " ").toLowerCase()).join(" and ");
  return [`For each ${subject}, ${wanted ? `everything about ${wanted}` : "all features"}`];
}
