/** 1795280000000 → "2026-11-21 17:09", in UTC, so that server and browser write the same. */
export function formatInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 16).replace("T", " ");
}

/** 1795280000000 → "17:09:05", in UTC. */
export function formatClock(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(11, 19);
}

export function isActive(status: string): boolean {
  return status === "queued" || status === "running";
}
