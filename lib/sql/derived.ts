import type { Derivation } from "@/lib/registry/types";
import { quoteName } from "@/lib/warehouse/quote";
import { instantLiteral } from "./dialect";
import type { Statement } from "./statement";

/**
 * What a derivation makes of a stored value at a row's time, both given as SQL. The same text in both dialects; the bounds
 * also keep the subtraction from overflowing.
 */
export function derivedSql({ kind }: Derivation, value: string, time: string): string {
  switch (kind) {
    case "years_since": {
      const year = `extract(YEAR FROM ${time})`;
      return `CASE WHEN ${value} BETWEEN 1 AND ${year} THEN ${year} - ${value} END`;
    }
  }
}

/** The time of a row asked for, read from the spine's own table `t`; null where the plan has none. */
export function spineTime({ plan, dialect }: Statement): string | null {
  const { time } = plan.spine;
  if (time === null) return null;
  if ("instant" in time) return instantLiteral(time.instant);
  return dialect.utc(`t.${quoteName(time.column)}`, time.type);
}
