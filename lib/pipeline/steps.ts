/** The six steps of a batch run, in order. */
export const stepNames = ["extract", "conform", "build", "augment", "gate", "publish"] as const;
export type StepName = (typeof stepNames)[number];

/** What every step is given; with the settings and the object store it is all that a step knows. */
export interface StepParameters {
  mart: string;
  /** `v{YYYY}.{MM}` */
  stamp: string;
  /** ISO 8601 in UTC. Changes from `start` (inclusive) to `end` (exclusive) are read; features are as known at `end`. */
  start: string;
  end: string;
  /** The stamp whose conformed tables an increment adds to and whose columns drift is measured against; null for the first. */
  previous: string | null;
}

/**
 * Everything of a stamp lies under `marts/<mart>/<stamp>/` of the object store. A step writes its files and, last,
 * `step.json`: without it the step has not happened.
 */
export function stepKey(
  parameters: Pick<StepParameters, "mart" | "stamp">,
  step: StepName,
  file: string,
): string {
  return `marts/${parameters.mart}/${parameters.stamp}/${step}/${file}`;
}

/** `step.json`: what a step did, shown on the run's page and read by the steps after it. */
export interface StepReport {
  step: StepName;
  parameters: StepParameters;
  /** SHA-256 of the `step.json` of the step before, on whose files this one stands; null for the first. */
  after: string | null;
  /** Name, rows where it is a table, bytes and SHA-256 of every file that the step wrote. */
  files: { name: string; rows: number | null; bytes: number; sha256: string }[];
  /** Rows set aside, by source table, column and reason. */
  quarantine: { table: string; reason: QuarantineReason; column: string | null; rows: number }[];
  /** Sentences and figures that a person should see, in order. */
  facts: { label: string; value: number | string; unit?: string }[];
}

export const quarantineReasons = [
  "wrong_type",
  "out_of_range",
  "missing_value",
  "impossible_date",
  "duplicate",
  "unknown_key",
  "broken_encoding",
  "cell_too_large",
  "broken_record",
  "too_late",
] as const;
export type QuarantineReason = (typeof quarantineReasons)[number];

/** Of a quarantine file `quarantine.parquet`; extract and conform each write one. */
export interface QuarantinedRow {
  source: string;
  table: string;
  reason: QuarantineReason;
  column: string | null;
  /** What was found, cut to 200 characters and with no control characters; null for personal data. */
  found: string | null;
  /** The key of the row where it could be read. */
  key: string | null;
  /** Where it stood: file and line, sequence, offset, page. */
  position: string;
}
