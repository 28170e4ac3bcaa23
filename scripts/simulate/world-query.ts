import type { QueryResult } from "@/lib/warehouse";

/** A made world, while it is written or only read. */
export interface World {
  query(sql: string): Promise<QueryResult>;
}
