import { AppError } from "@/lib/errors";
import type { ColumnType, Feature, FeatureTable, Registry } from "@/lib/registry/types";
import { nearest } from "./nearest";

/** The registry as the resolver asks it: by name, with an error that says what was meant. */
export interface Catalog {
  readonly tables: readonly FeatureTable[];
  find(name: string): FeatureTable | undefined;
  /** @throws AppError TABLE_UNKNOWN with the nearest names */
  table(name: string): FeatureTable;
  /** @throws AppError FEATURE_UNKNOWN with the nearest names */
  feature(table: string, name: string): Feature;
}

export function catalogOf(registry: Registry): Catalog {
  const tables = new Map(registry.tables.map((table) => [table.name, table]));
  const features = new Map<string, Map<string, Feature>>();
  for (const feature of registry.features) {
    const known = features.get(feature.table) ?? new Map<string, Feature>();
    features.set(feature.table, known.set(feature.name, feature));
  }
  return {
    tables: registry.tables,
    find: (name) => tables.get(name),
    table: (name) => {
      const table = tables.get(name);
      if (table) return table;
      const suggestions = nearest(name, [...tables.keys()]);
      throw new AppError(
        "TABLE_UNKNOWN",
        `There is no table ${name} in the registry.${didYouMean(suggestions)}`,
        {
          details: { table: name, suggestions },
        },
      );
    },
    feature: (table, name) => {
      const known = features.get(table) ?? new Map<string, Feature>();
      const feature = known.get(name);
      if (feature) return feature;
      const suggestions = nearest(name, [...known.keys()]);
      throw new AppError("FEATURE_UNKNOWN", `${table} has no feature ${name}.${didYouMean(suggestions)}`, {
        details: { table, feature: name, suggestions },
      });
    },
  };
}

/** @throws AppError FEATURE_SET_INVALID unless the column holds dates or timestamps */
export function timeType(catalog: Catalog, table: string, column: string): ColumnType {
  const { type } = catalog.feature(table, column);
  if (type === "date" || type === "timestamp") return type;
  throw new AppError("FEATURE_SET_INVALID", `${table}.${column} is declared as a time but holds ${type}.`, {
    details: { table, column, type },
  });
}

function didYouMean(names: string[]): string {
  return names.length > 0 ? ` Did you mean ${names.join(", ")}?` : "";
}
