import { AppError } from "@/lib/errors";
import type { Derivation, Feature } from "@/lib/registry/types";
import type { Catalog } from "./catalog";

/**
 * How a planned column is computed, to be spread into it; nothing for a stored one.
 * @throws AppError FEATURE_UNKNOWN, FEATURE_SET_INVALID where the registry computes it from what is no whole year
 */
export function derivedFrom(
  { table, name, type, derived }: Pick<Feature, "table" | "name" | "type" | "derived">,
  catalog: Catalog,
): { derived?: Derivation } {
  if (!derived) return {};
  const source = catalog.feature(table, derived.column);
  if (source.type === "integer" && source.derived === undefined && type === "integer") return { derived };
  throw new AppError(
    "FEATURE_SET_INVALID",
    `${table}.${name} counts the years since ${table}.${derived.column}, so both have to be whole numbers and ${derived.column} a stored column.`,
    { details: { table, feature: name, column: derived.column, type: source.type } },
  );
}

/** @throws AppError FEATURE_SET_INVALID for a computed feature where the rows themselves have to have the column */
export function assertStored(
  name: string,
  { derived }: { derived?: Derivation },
  use: { table: string; as: string },
): void {
  if (!derived) return;
  throw new AppError(
    "FEATURE_SET_INVALID",
    `${use.table}.${name} is computed from ${derived.column} for each row, so it cannot be ${use.as}. Name ${derived.column} instead.`,
    { details: { table: use.table, feature: name, column: derived.column } },
  );
}
