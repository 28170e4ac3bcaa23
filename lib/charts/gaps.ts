import type { ChartColumn } from "./columns";
import type { Chart, ChartPoint } from "./spec";

/** A place on a line's axis, in order; `y` is null where its row has no value. */
export type Place = Omit<ChartPoint, "x" | "y"> & { x: number; y: number | null };

/**
 * The points of lines, marked where a line must not lead up to them: a period is missing before them, or has no value. A column's
 * name says what a period is (`listed_month`); otherwise it is the smallest distance, where the others are multiples of it.
 */
export function markGaps(places: Place[], x: ChartColumn, xIs: Chart["xIs"]): ChartPoint[] {
  const { count, step } = periodsOf([...new Set(places.map((place) => place.x))], x, xIs);
  const last = new Map<string | null, { at: number; isKnown: boolean }>();
  return places.flatMap(({ y, ...place }): ChartPoint[] => {
    const before = last.get(place.series);
    const at = count(place.x);
    if (before || y !== null) last.set(place.series, { at, isKnown: y !== null });
    if (y === null) return [];
    const isAfterGap = before !== undefined && (!before.isKnown || at - before.at > step);
    return [{ ...place, y, ...(isAfterGap ? { isAfterGap } : {}) }];
  });
}

/** How a place is counted, and how far one period is from the next; infinitely where nothing can be missing. */
interface Periods {
  count: (place: number) => number;
  step: number;
}

const day = 86_400_000;
const months: Record<string, number> = { month: 1, quarter: 3, year: 12 };
const days: Record<string, number> = { day, week: 7 * day };

function periodsOf(places: number[], { name }: ChartColumn, xIs: Chart["xIs"]): Periods {
  const named = /(?:^|_)(year|quarter|month|week|day)$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  const asIs = (place: number) => place;
  if (xIs === "number") {
    if (named === "month" && places.every(isYearAndMonth)) return { count: monthOfNumber, step: 1 };
    // A longer number holds a year and something that does not run on from one year to the next.
    return { count: asIs, step: places.every((place) => place < 10_000) ? 1 : Number.POSITIVE_INFINITY };
  }
  if (months[named]) return { count: monthOf, step: months[named] };
  if (days[named]) return { count: asIs, step: days[named] };
  if (places.every(beginsMonth)) return { count: monthOf, step: smallestStep(places.map(monthOf), 0) };
  // Dates of events are multiples of a day too: they are periods only where most follow each other.
  return { count: asIs, step: smallestStep(places, 0.5) };
}

/** @param least share of the distances that must be the smallest one */
function smallestStep(places: number[], least: number): number {
  const distances = places.slice(1).map((place, index) => place - (places[index] ?? 0));
  const smallest = Math.min(...distances);
  const same = distances.filter((distance) => distance === smallest).length;
  const isRegular = distances.every((distance) => distance % smallest === 0);
  return isRegular && same >= distances.length * least ? smallest : Number.POSITIVE_INFINITY;
}

function beginsMonth(instant: number): boolean {
  return instant % day === 0 && new Date(instant).getUTCDate() === 1;
}

function monthOf(instant: number): number {
  const date = new Date(instant);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** 202611. */
function isYearAndMonth(place: number): boolean {
  return Number.isInteger(place) && place > 100_000 && place % 100 >= 1 && place % 100 <= 12;
}

function monthOfNumber(place: number): number {
  return Math.floor(place / 100) * 12 + (place % 100);
}
