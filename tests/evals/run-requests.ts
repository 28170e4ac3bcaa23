import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { FeatureSet } from "@/lib/feature-set/schema";
import { closeMarts, openMart } from "@/lib/mart";
import { applyRequest, type Planner } from "@/lib/planner";
import { openSearch, type RegistrySearch } from "@/lib/registry/search";
import type { Registry } from "@/lib/registry/types";
import { smallFlights } from "@/tests/fixtures/small-marts";
import { compareTurn } from "./compare-turn";
import type { RequestCase } from "./request-cases";

export interface CaseOutcome {
  case: RequestCase;
  /** A line for each thing that differs, with the turn it differs in; none when all turns are exactly right. */
  differences: string[];
}

interface Place {
  registry: Registry;
  search: RegistrySearch;
}

/**
 * Runs every conversation on the demo mart, built small, or on the small flights, with the real search.
 * @param publish puts the demo mart into a data folder
 */
export async function runRequests(
  cases: RequestCase[],
  planner: Planner,
  publish: (dataDir: string) => Promise<void>,
): Promise<CaseOutcome[]> {
  const folder = await mkdtemp(path.join(tmpdir(), "requests-eval-"));
  try {
    await publish(folder);
    const { registry } = await openMart("auto-marketplace", { dataDir: folder });
    const places: Record<RequestCase["mart"], Place> = {
      marketplace: {
        registry,
        search: await openSearch({ registry, directory: folder, embeddings: { maker: "latent" } }),
      },
      flights: {
        registry: smallFlights,
        search: await openSearch({
          registry: smallFlights,
          directory: folder,
          embeddings: { maker: "latent" },
        }),
      },
    };
    return await runIn(places, cases, planner);
  } finally {
    await closeMarts();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs conversations where the marts are open already. */
export async function runIn(
  places: Record<RequestCase["mart"], Place>,
  cases: RequestCase[],
  planner: Planner,
): Promise<CaseOutcome[]> {
  const outcomes: CaseOutcome[] = [];
  for (const one of cases) {
    outcomes.push({ case: one, differences: await runCase(one, planner, places[one.mart]) });
  }
  return outcomes;
}

async function runCase(one: RequestCase, planner: Planner, { registry, search }: Place): Promise<string[]> {
  let featureSet: FeatureSet | null = null;
  const differences: string[] = [];
  for (const turn of one.turns) {
    const { request } = await planner.plan(turn.say, { registry, search, featureSet });
    if (request.intent === "build" || request.intent === "refine") {
      const before: FeatureSet | null = request.intent === "build" ? null : featureSet;
      featureSet = applyRequest({ request, featureSet: before, registry }).featureSet;
    }
    const found = compareTurn(turn, { request, featureSet }, registry);
    differences.push(...found.map((line) => `“${turn.say.slice(0, 90)}” ${line}`));
  }
  return differences;
}
