/** The place on the page of a column's distributions. */
export function driftAnchor({ table, column }: { table: string; column: string | null }): string {
  return `drift-${table}.${column}`.replace(/[^\w.-]/g, "_");
}
