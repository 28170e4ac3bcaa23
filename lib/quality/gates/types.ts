import type { DeclaredFeature, DeclaredTable } from "@/lib/registry";
import type { ColumnType } from "@/lib/registry/types";
import type { BinCounts } from "../drift";

export type Verdict = "pass" | "warn" | "halt" | "insufficient" | "no_reference";

/** One thing that was looked at. Only `halt` stops a run; `insufficient` and `no_reference` are never counted as passed. */
export interface Check {
  check: "rows" | "schema" | "keys" | "references" | "stamp" | "nulls" | "drift" | "test";
  table: string;
  column: string | null;
  verdict: Verdict;
  /** What was measured and what it was held against, where both are numbers: a share, a ratio, a count, an index. */
  value: number | null;
  limit: number | null;
  /** A sentence, where the verdict is not "pass". */
  text: string | null;
}

/** The bins of a column as they were frozen on a stamp, with that stamp's counts. */
export interface ColumnProfile {
  table: string;
  column: string;
  bins:
    | { kind: "number" /** Upper borders; below the first and above the last it is open. */; edges: number[] }
    | { kind: "category"; values: string[] };
  counts: BinCounts;
}

/** What a stamp leaves for the next to be held against. */
export interface StampProfile {
  stamp: string;
  /** The mart's own version: a change of its major number allows a breaking change. */
  version: string;
  tables: { name: string; rows: number; columns: { name: string; type: ColumnType }[] }[];
  columns: ColumnProfile[];
}

/** Both distributions of a column, for a plot, with further measures of how far they are apart. */
export interface DriftDetail {
  table: string;
  column: string;
  bins: ColumnProfile["bins"];
  reference: BinCounts;
  current: BinCounts;
  psi: number;
  measures: {
    jsDistance: number;
    /** Of the current from the reference, in nats; null where infinite. */
    kl: number | null;
    /** The greatest difference of two shares, less what chance explains. */
    lInfinity: number;
    /** Null where a bin is too small for the test. */
    chiSquareP: number | null;
    /** On the values themselves, where both stamps' tables are at hand. */
    ks: { statistic: number; pValue: number } | null;
  };
}

export interface GateReport {
  stamp: string;
  /** The stamp that this one was held against. */
  reference: string | null;
  halted: boolean;
  counts: Record<Verdict, number>;
  /** Every check: those that halt first, then the warnings, then the rest. */
  checks: Check[];
  /** Of every column that has a reference; the greatest index first. */
  drift: DriftDetail[];
}

interface Part<T> {
  /** How many there are; some of them are shown. */
  all: number;
  shown: T[];
}

/** A report cut to what a person looks at. */
export interface GateSummary extends Pick<GateReport, "stamp" | "reference" | "halted" | "counts"> {
  /** Columns that have a distribution in both stamps, and those of them that were found to drift. */
  compared: number;
  drifted: number;
  failed: Part<Check>;
  warned: Part<Check>;
  /** What neither failed nor warned, where a column was searched for. */
  others: Part<Check>;
  plots: Part<DriftDetail & { verdict: Verdict }>;
}

/** What the mart says of itself: the gates hold it to that. */
export interface Declared {
  version: string;
  tables: DeclaredTable[];
  features: DeclaredFeature[];
  /** Table → its columns whose null rate is promised to be under 2 %. */
  promises: ReadonlyMap<string, ReadonlySet<string>>;
  /** Table → its columns whose distribution is expected to change, and with what: of these drift is told and does not halt. */
  moving?: ReadonlyMap<string, Moving>;
}

/** Column → what its distribution moves with. */
export type Moving = ReadonlyMap<string, "calendar" | "peers">;
