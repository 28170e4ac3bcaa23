import type { TokenLedger } from "@/lib/language-model";
import type { EntityInfo } from "@/lib/registry";
import type { SourceTable } from "./source-table";
import type { StepContext } from "./step-context";
import type { StepReport } from "./steps";

/** A step's own work. Run again with the same parameters it leaves the same files. */
export type Step = (
  context: StepContext,
  mart: PipelineMart,
) => Promise<Pick<StepReport, "quarantine" | "facts">>;

/** The augment step may ask paid models, and counts what they take. */
export interface AugmentContext extends StepContext {
  ledger: TokenLedger;
}

/** Where each source is; by default the simulated ones. */
export interface SourceAddresses {
  /** PostgreSQL URL. */
  platform: string;
  /** HTTP base URLs. */
  crm: string;
  clickstream: string;
  maps: string;
  /** A folder, `file:` or HTTP base URL, that holds `<table>.csv`. */
  census: string;
}

/** A saved request as a mart spells it: whole families of features, or single ones. */
export interface RequestSpec {
  title: string;
  description: string;
  entity: string;
  /** How many features it must come to: a family that grows or shrinks unnoticed would change what people train on. */
  features: number;
  select: { table: string; families?: string[]; features?: string[] }[];
}

/** What the pipeline has to know of a mart; `db/marts/<name>` says it. */
export interface PipelineMart {
  name: string;
  title: string;
  sources: SourceTable[];
  /** The folder of the dbt project. */
  projectDirectory: string;
  entities: EntityInfo[];
  requests?: RequestSpec[];
  /** Value → its other names, wherever it occurs. Read from the conformed tables. */
  aliases(files: StepContext["files"]): Promise<Record<string, string[]>>;
  /** Computes the tables that models read as `source('augment', …)`: writes `<table>.parquet` files through the context. */
  augment(context: AugmentContext): Promise<Pick<StepReport, "facts">>;
  /**
   * Where the sources are simulated and tell nothing from a time on: the schedule builds no stamp that ends later, and one that
   * ends earlier may be built before its END has come. ISO 8601; null for no such time.
   */
  knownUntil?(): string | null;
}
