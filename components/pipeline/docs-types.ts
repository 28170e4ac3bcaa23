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
  /** As the project declares them; `found` is null while what the run's tests found is not there. */
  tests: (Pick<TestResult, "test" | "generic" | "column"> & {
    found: Pick<TestResult, "status" | "failures"> | null;
  })[];
  /** As it was run, templates filled in. */
  sql: string;
}
