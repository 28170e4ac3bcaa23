import type { SourceTable } from "@/lib/pipeline/source-table";
import { quoteName, quoteText } from "@/lib/warehouse";
import { engineTypes, type SourceColumn } from "./columns";

type Unknown = NonNullable<SourceTable["knownBy"]>[number]["unknown"][string];

/** A column as it was known at `end`, in SQL over a table's records. */
export function asKnownAt(table: SourceTable, column: SourceColumn, end: string): string {
  const name = quoteName(column.name);
  const masks = (table.knownBy ?? []).filter(({ unknown }) => column.name in unknown);
  const cases = masks.map(
    ({ time, unknown }) =>
      `WHEN ${quoteName(time)} >= ${quoteText(end)}::TIMESTAMP THEN ${unknownValue(column, unknown[column.name])}`,
  );
  return cases.length === 0 ? name : `CASE ${cases.join(" ")} ELSE ${name} END`;
}

/** What a column is before it is known. */
export function unknownValue(column: SourceColumn, value: Unknown | undefined): string {
  return `${value === null || value === undefined ? "NULL" : quoteText(String(value))}::${engineTypes[column.kind]}`;
}
