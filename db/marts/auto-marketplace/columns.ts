import type { ColumnType } from "@/lib/registry";
import type { ModelColumn } from "./model";

/** A key or time column: it stands in the table under its own name, and no description but its role is needed. */
export function key(name: string, description: string, sql = name, type: ColumnType = "text"): ModelColumn {
  return { name, sql, type, description, family: "key", isKey: true };
}

/** The columns of a family with what they share filled in. */
export function family(shared: Partial<ModelColumn> & { family: string }, columns: Part[]): ModelColumn[] {
  return columns.map((column) => ({ type: "float", ...shared, ...column }));
}

/** What a column must say for itself; the type is a float where neither it nor its family says otherwise. */
export type Part = Omit<ModelColumn, "family" | "type"> & Partial<ModelColumn>;

/** "the last day", "the last 30 days". */
export function lastDays(days: number): string {
  return days === 1 ? "in the last day" : `in the last ${days} days`;
}
