import { z } from "zod";
import { type Filter, filterOperators } from "@/lib/feature-set/schema";

/** A condition as one line that a choice's id can carry: `TABLE.COLUMN gt [4]`. */
export function conditionText({ table, column, operator, values }: Filter): string {
  return `${table}.${column} ${operator} ${JSON.stringify(values)}`;
}

/** The condition of such a line; null when it is none. Whether the column exists is not looked at. */
export function readConditionText(text: string): Filter | null {
  const [, table, column, operator, values] = /^([^.\s]+)\.(\S+) (\w+) (\[.*\])$/.exec(text) ?? [];
  const parsed = z
    .tuple([z.enum(filterOperators), z.array(z.union([z.string(), z.number(), z.boolean()]))])
    .safeParse([operator, jsonOf(values ?? "")]);
  return table && column && parsed.success
    ? { table, column, operator: parsed.data[0], values: parsed.data[1] }
    : null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
