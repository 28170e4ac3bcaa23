import type { FeatureSet } from "@/lib/feature-set";
import type { ColumnType, Registry } from "@/lib/registry/types";
import { quoteName } from "@/lib/sql";
import type { Warehouse } from "@/lib/warehouse/port";

/** The columns of given rows that the registry does not know, as the warehouse declares them. */
export async function readSpineColumns(
  { spine }: Pick<FeatureSet, "spine">,
  registry: Registry,
  warehouse: Warehouse,
  signal?: AbortSignal,
): Promise<{ name: string; type: ColumnType }[] | undefined> {
  if (spine.kind === "population" || registry.tables.some(({ name }) => name === spine.table))
    return undefined;
  const { columns } = await warehouse.query(`SELECT * FROM ${quoteName(spine.table)} LIMIT 0`, { signal });
  return columns;
}
