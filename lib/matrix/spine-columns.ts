import { AppError } from "@/lib/errors";
import type { FeatureSet } from "@/lib/feature-set";
import type { ColumnType, Registry } from "@/lib/registry/types";
import { quoteName, type Warehouse } from "@/lib/warehouse";

/** The columns of given rows that the registry does not know, as the warehouse declares them. */
export async function readSpineColumns(
  { spine }: Pick<FeatureSet, "spine">,
  registry: Registry,
  warehouse: Warehouse,
  signal?: AbortSignal,
): Promise<{ name: string; type: ColumnType }[] | undefined> {
  if (spine.kind === "population" || registry.tables.some(({ name }) => name === spine.table))
    return undefined;
  try {
    return (await warehouse.query(`SELECT * FROM ${quoteName(spine.table)} LIMIT 0`, { signal })).columns;
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== "QUERY_FAILED") throw thrown;
    throw new AppError("TABLE_UNKNOWN", `There is no table ${spine.table} in the warehouse.`, {
      details: { table: spine.table, suggestions: [] },
      cause: thrown,
    });
  }
}
