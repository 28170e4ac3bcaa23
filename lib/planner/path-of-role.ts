import { AppError } from "@/lib/errors";
import { type FeatureSet, type PathOption, resolveFeatureSet, type Selection } from "@/lib/feature-set";
import type { Registry } from "@/lib/registry/types";

/** The id of the join path that a role names (`origin`), where there are several; undefined where there is one. */
export function pathOfRole(
  featureSet: FeatureSet,
  selection: Selection,
  role: string,
  registry: Registry,
): string | undefined {
  try {
    resolveFeatureSet({ ...featureSet, filters: [], selections: [selection] }, registry);
    return undefined;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "PATH_AMBIGUOUS") return undefined;
    const options = error.details.options as PathOption[];
    return options.find(({ id }) => id.toLowerCase().split(">").includes(role.toLowerCase()))?.id;
  }
}
