import { open } from "node:fs/promises";
import path from "node:path";
import type { BuildFile, Mart } from "@/lib/mart";
import { openSmallMart, type SmallTable } from "./small-mart";

/** Customers and their orders, under the names that the hostile statements use. */
export function freeSqlTables(count: number): SmallTable[] {
  const numbers = Array.from({ length: count }, (_, id) => id);
  return [
    {
      name: "customers",
      grain: ["id"],
      keys: [{ kind: "primary", entity: "customer", columns: ["id"] }],
      columns: {
        id: "integer",
        name: "text",
        spent: "float",
        joined: "date",
        seen: "timestamp",
        active: "boolean",
        age: { type: "integer", derived: { kind: "years_since", column: "id" } },
      },
      rows: numbers.map((id) => ({
        id,
        name: `buyer ${id}`,
        spent: id / 2,
        joined: `2025-01-${String((id % 28) + 1).padStart(2, "0")}`,
        seen: `2025-01-01 00:00:${String(id % 60).padStart(2, "0")}`,
        active: id % 2 === 0,
      })),
    },
    {
      name: "orders",
      grain: ["id"],
      keys: [
        { kind: "primary", entity: "order", columns: ["id"] },
        { kind: "foreign", entity: "customer", columns: ["customer_id"] },
      ],
      columns: {
        id: "integer",
        customer_id: "integer",
        amount: "decimal",
        ts: "timestamp",
        "the note": "text",
      },
      rows: numbers.map((id) => ({
        id,
        customer_id: id % 40,
        amount: `${id}.25`,
        ts: "2025-02-03 04:05:06",
        "the note": id % 3 === 0 ? null : `note "${id}"`,
      })),
    },
  ];
}

export async function openFreeSqlMart(): Promise<{
  mart: Mart & { file: BuildFile };
  close(): Promise<void>;
}> {
  const small = await openSmallMart(freeSqlTables(100));
  const file = path.join(small.scratchDirectory, "mart.duckdb");
  const held = await open(file);
  return {
    mart: {
      ...{ ...small, name: "small", title: "Small", stamp: "v2026.01", build: "tests" },
      file: { path: file, held },
    },
    close: async () => {
      await small.close();
      await held.close();
    },
  };
}
