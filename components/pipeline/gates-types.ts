import type { Check, DriftDetail, GateReport, Verdict } from "@/lib/quality/gates";

export interface DriftView extends DriftDetail {
  verdict: Verdict;
}

interface Part<T> {
  /** How many there are; some of them are shown. */
  all: number;
  shown: T[];
}

export interface GatesView extends Pick<GateReport, "stamp" | "reference" | "halted" | "counts"> {
  /** Columns that have a distribution in both stamps, and those of them that were found to drift. */
  compared: number;
  drifted: number;
  failed: Part<Check>;
  warned: Part<Check>;
  /** What neither failed nor warned, where a column was searched for. */
  others: Part<Check>;
  plots: Part<DriftView>;
}
