import type { TestResult } from "@/lib/dbt";

export interface ColumnDocs {
  name: string;
  description: string;
  type: string | null;
  unit: string | null;
  aggregation: string | null;
  family: string | null;
  windowDays: number | null;
  isKey: boolean;
  pii: boolean;
}

export interface TableDocs {
  /** In the manifest. */
  id: string;
  name: string;
  description: string;
  /** Of the model, in the project's folder. */
  file: string;
  entity: string;
  grain: string[];
  keys: { kind: string; entity: string; role?: string; columns: string[] }[];
  owner: string;
  synonyms: string[];
  eventTime: string | undefined;
  createdTime: string | undefined;
  columns: { all: number; shown: ColumnDocs[] };
  tests: Pick<TestResult, "test" | "generic" | "column" | "status" | "failures">[];
  /** As it was run, templates filled in. */
  sql: string;
}
