import { AppError } from "@/lib/errors";
import type { DeclaredFeature } from "@/lib/registry";
import type { SavedRequest } from "@/lib/registry/types";
import type { RequestSpec } from "./mart";

/**
 * A saved request with its families as lists of features, none of them personal.
 * @throws AppError BAD_INPUT where it names what the mart does not have, or comes to another number of features than it says
 */
export function expandRequest(spec: RequestSpec, declared: DeclaredFeature[]): SavedRequest {
  const { title, description, entity } = spec;
  const selections = spec.select.map(({ table, families, features }) => {
    const own = declared.filter((feature) => feature.table === table && !feature.isKey && !feature.pii);
    for (const family of families ?? []) {
      if (!own.some((feature) => feature.family === family))
        refuse(title, `${table} has no family ${family}`);
    }
    for (const name of features ?? []) {
      if (!own.some((feature) => feature.name === name)) refuse(title, `${table} has no feature ${name}`);
    }
    const isAll = !families && !features;
    const chosen = own.filter(
      ({ family, name }) => isAll || families?.includes(family) || features?.includes(name),
    );
    if (chosen.length === 0) refuse(title, `${table} is not in the mart`);
    return { table, features: chosen.map(({ name }) => name) };
  });
  const count = selections.reduce((sum, { features }) => sum + features.length, 0);
  if (count !== spec.features) refuse(title, `it comes to ${count} features and says ${spec.features}`);
  return { title, description, entity, selections };
}

function refuse(title: string, why: string): never {
  throw new AppError("BAD_INPUT", `The saved request “${title}” does not fit the mart: ${why}.`);
}
