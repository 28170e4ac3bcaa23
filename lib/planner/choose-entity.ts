import type { FeatureSet } from "@/lib/feature-set/schema";
import type { Registry } from "@/lib/registry/types";
import type { Question } from "./question";
import { distances } from "./reach";
import type { PlannedRequest } from "./schema";

/** What the rows are about: as asked, as before, or the one entity from which every table asked for can be joined. */
export function chooseEntity(
  request: PlannedRequest,
  featureSet: FeatureSet | null,
  registry: Registry,
): { entity: string; question: Question | null; remark: string | null } {
  const populations = registry.tables.filter(({ kind }) => kind === "entity").map(({ entity }) => entity);
  if (request.entity && populations.includes(request.entity)) {
    return { entity: request.entity, question: null, remark: null };
  }
  if (featureSet) {
    const entity = featureSet.spine.kind === "population" ? featureSet.spine.entity : "";
    return { entity, question: null, remark: null };
  }
  const tables = new Set(
    request.include.flatMap((part) => [...part.tables, ...part.features.map(({ table }) => table)]),
  );
  const spoken = registry.tables.filter(({ name }) => tables.has(name)).map(({ entity }) => entity);
  const able = populations.filter((entity) => {
    const reached = distances(entity, registry);
    return spoken.includes(entity) && [...tables].every((table) => reached.has(table));
  });
  const [only] = able;
  if (only && able.length === 1) {
    return {
      entity: only,
      question: null,
      remark: `A row is a ${only}, since all of these tables can be joined to it. Say “per …” for another.`,
    };
  }
  const proposed = only ?? busiest(populations, registry);
  return {
    entity: proposed,
    question: tables.size > 0 ? ask(populations, proposed, registry) : null,
    remark: null,
  };
}

function ask(populations: string[], proposed: string, registry: Registry): Question {
  return {
    id: "entity",
    text: "What should one row of the matrix be about?",
    choices: populations.map((entity) => ({
      id: entity,
      label: registry.entities.find(({ name }) => name === entity)?.plural ?? entity,
      proposed: entity === proposed,
    })),
  };
}

function busiest(populations: string[], registry: Registry): string {
  const tables = (entity: string) => registry.tables.filter((table) => table.entity === entity).length;
  return [...populations].sort((a, b) => tables(b) - tables(a))[0] ?? registry.tables[0]?.entity ?? "row";
}
