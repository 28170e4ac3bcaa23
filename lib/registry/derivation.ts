import type { Derivation } from "./types";

/** For people: `years since year, at the row's time`. */
export function derivationText({ kind, column }: Derivation): string {
  switch (kind) {
    case "years_since":
      return `years since ${column}, at the row's time`;
  }
}
