import type { Unit } from "./words";
import { unitsOf } from "./words";

/** How much each term weighs in a text: stems by their count, concepts by the units that belong to them. */
export type TermWeights = Map<string, number>;

/** Adds a text's terms, each occurrence worth `weight`, to `into`. */
export function addTerms(into: TermWeights, text: string, weight = 1): void {
  for (const unit of unitsOf(text)) addUnit(into, unit, weight);
}

/** The terms of a unit itself: its stems and, for an idiom, the whole. */
export function ownTermsOf({ stems }: Unit): string[] {
  return stems.length > 1 ? [...stems, stems.join(" ")] : stems;
}

function addUnit(into: TermWeights, unit: Unit, weight: number): void {
  for (const term of [...ownTermsOf(unit), ...unit.concepts]) into.set(term, (into.get(term) ?? 0) + weight);
}
