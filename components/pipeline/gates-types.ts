import type { GateSummary } from "@/lib/quality/gates";

export type GatesView = GateSummary;
export type DriftView = GateSummary["plots"]["shown"][number];
